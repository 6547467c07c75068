internal import HTTPClient
internal import Primitives
internal import Security

/// A key document that has just come, with the answer that it came in.
struct FetchedKeys: Sendable {
    /// How long the signature of a document may be good for, in seconds.
    static let signatureMaximumAge: Int64 = 7 * 86_400

    var keys: JSONWebKeySet
    var body: [UInt8]
    /// In seconds.
    var lifetime: Int64
    /// What the server's clock has shown; nil when it does not tell.
    var date: Timestamp?
    var answer: SignedMessage

    /// Whether the owner of a key has signed the document, for this source and this time (contracts/cosmos.md 3.5, "Pinning").
    func isSigned(by key: Ed25519PublicKey, now: Int64, skew: Int64) -> Bool {
        guard let candidates = try? MessageSignature.candidates(in: answer, of: .keyDocument) else { return false }
        return candidates.contains { signature in
            guard signature.keyID == key.thumbprint else { return false }
            do throws(SignatureFailure) {
                try signature.checkTime(now: now, skew: skew, maximumAge: Self.signatureMaximumAge)
                try signature.verify(answer, with: key)
                try ContentDigest.verify(answer)
                return true
            } catch {
                return false
            }
        }
    }
}

/// Fetches key documents (contracts/cosmos.md 3.5, "Fetch").
struct KeyFetcher: Sendable {
    /// How long a fetch may take.
    static let timeout = Duration.seconds(5)
    /// Bytes of a document.
    static let sizeLimit = 65_536

    let sender: OutboundSender
    let settings: FederationSettings

    /// Nil for whatever reason there is no document.
    func fetch(_ source: KeySource) async -> FetchedKeys? {
        // The guard has its say in the client: what it opens may be named by its address here.
        let everything = AddressGuard(allowed: ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) })
        let rules = OutboundURLRules(allowsInsecure: settings.allowsInsecureSources, allowsPorts: true)
        guard let url = try? OutboundURL(source.keysURL, rules: rules, guard: everything) else { return nil }
        let request = OutboundRequest(
            url: url, headers: [("accept", "application/jwk-set+json, application/json"), ("user-agent", "Roost")],
            connectTimeout: Self.timeout, timeout: Self.timeout, bodyLimit: Self.sizeLimit, overflow: .refuse)
        guard case .success(let response) = await sender.send(request), response.status == 200,
            Self.isJSON(response.header("content-type")), let keys = try? JSONWebKeySet(parsing: response.body)
        else { return nil }
        let parts = url.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let question = SignedMessage(
            method: "GET", scheme: url.scheme, authority: url.authority, path: parts[0], query: parts.count == 2 ? parts[1] : nil,
            headers: [])
        return FetchedKeys(
            keys: keys, body: response.body, lifetime: KeyDocument.lifetime(cacheControl: response.header("cache-control")),
            date: response.header("date").flatMap { Timestamp(httpDate: $0) },
            answer: question.response(status: response.status, headers: response.headers, body: response.body))
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        let type = (contentType ?? "").prefix { $0 != ";" }.lowercased()
        let bare = String(type).trimmed
        return bare == "application/json" || bare.hasPrefix("application/") && bare.hasSuffix("+json")
    }
}
