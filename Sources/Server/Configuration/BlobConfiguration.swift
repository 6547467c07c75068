internal import Blobs
internal import HTTPClient
internal import Security

/// What an operator has set about the store of files (contracts/configuration.md, `blobs`).
struct BlobConfiguration: Sendable {
    /// Nil: the data folder.
    var s3: S3Settings?

    /// - Parameter guardAllows: addresses in these ranges may be named.
    init(_ values: ConfigurationValues, guardAllows: [AddressRange]) throws(ConfigurationError) {
        guard values.text("blobs.store") == "s3" else { return }
        func text(_ name: String) throws(ConfigurationError) -> String {
            let path = "blobs.s3.\(name)"
            guard let text = values.text(path) else { throw Self.refusal(values, "blobs.store", "is s3, and \(path) is missing") }
            return text
        }
        let (endpoint, region, bucket) = (try text("endpoint"), try text("region"), try text("bucket"))
        let credential = SigningCredential(accessKey: try text("access_key"), secretKey: try text("secret_key"), region: region)
        let origin = try Configuration.origin(endpoint) { Self.refusal(values, "blobs.s3.endpoint", $0) }
        do {
            s3 = try S3Settings(
                endpoint: origin ?? endpoint, bucket: bucket, credential: credential, usesPathStyle: values.flag("blobs.s3.path_style"),
                addressGuard: AddressGuard(allowed: guardAllows))
        } catch {
            throw Self.refusal(values, "blobs.s3.\(error.setting)", error.reason)
        }
    }

    private static func refusal(_ values: ConfigurationValues, _ path: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(place: values.origin(path).description, reason: "\(path) \(reason)")
    }

    /// Where blobs are kept.
    ///
    /// - Parameter sender: sends the requests to S3; not asked for without it.
    func place(_ sender: () -> OutboundSender) -> BlobPlace {
        s3.map { .s3($0, sender: sender()) } ?? .disk
    }
}
