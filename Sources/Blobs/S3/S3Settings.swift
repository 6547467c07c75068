public import HTTPClient
public import Security

/// A bucket of an S3-compatible store, and how it is reached.
public struct S3Settings: Sendable {
    /// Why settings are no good.
    public struct Refusal: Error, Sendable, Equatable {
        /// The name of the setting: `endpoint`, `region` or `bucket`.
        public var setting: String
        /// What is wrong with it; follows its name.
        public var reason: String
    }

    /// `http` is taken, because a store often stands in the same house; ports and local names for the same reason.
    private static let rules = OutboundURLRules(allowsInsecure: true, allowsPorts: true, allowsLocalNames: true)

    let credential: SigningCredential
    private let addressGuard: AddressGuard
    /// Scheme and authority, and the bucket with path style.
    private let base: String

    /// - Parameters:
    ///   - endpoint: an origin such as `https://s3.example.org`.
    ///   - bucket: 3 to 63 lower-case letters, digits, hyphens and dots.
    ///   - usesPathStyle: whether the bucket stands in the path, as all stores have it; otherwise before the host.
    ///   - addressGuard: what it has opened may be named by its address.
    /// - Throws: `Refusal`.
    public init(
        endpoint: String, bucket: String, credential: SigningCredential, usesPathStyle: Bool, addressGuard: AddressGuard
    ) throws(Refusal) {
        let isPlain: (UInt8) -> Bool = { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
        guard (1...64).contains(credential.region.utf8.count), credential.region.utf8.allSatisfy(isPlain) else {
            throw Refusal(setting: "region", reason: "must be lower-case letters, digits and hyphens, such as us-east-1")
        }
        guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: ".") }) else {
            throw Refusal(setting: "bucket", reason: "must be 3 to 63 lower-case letters, digits, hyphens and dots")
        }
        self.credential = credential
        self.addressGuard = addressGuard
        let parts = endpoint.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, !parts[2].isEmpty else {
            throw Refusal(setting: "endpoint", reason: "must be an origin such as https://s3.example.org")
        }
        base = usesPathStyle ? "\(endpoint)/\(bucket)" : "\(parts[0])//\(bucket).\(parts[2])"
        do throws(OutboundURLError) {
            let host = try OutboundURL(endpoint, rules: Self.rules, guard: addressGuard)
            guard usesPathStyle || !host.isLiteral else {
                throw OutboundURLError(reason: "Without path_style the host is a name, so that the bucket can stand before it.")
            }
            _ = try url(path: "/", query: [])
        } catch {
            throw Refusal(setting: "endpoint", reason: "is not taken: \(error.reason)")
        }
    }

    /// A URL in the bucket; what it contains is unreserved, or escaped already.
    func url(path: String, query: [(name: String, value: String)]) throws(OutboundURLError) -> OutboundURL {
        let query = query.isEmpty ? "" : "?" + query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return try OutboundURL(base + path + query, rules: Self.rules, guard: addressGuard)
    }
}
