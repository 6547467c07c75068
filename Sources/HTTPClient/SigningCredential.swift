/// What a request to an S3-compatible store is signed with: AWS Signature Version 4, made by libcurl.
///
/// The request has to bring `x-amz-content-sha256`, the parameters of its query in order of their names, and escapes for all but unreserved
/// characters: libcurl signs these as they are.
public struct SigningCredential: Sendable, Equatable {
    /// Names the key.
    public var accessKey: String
    /// The key.
    public var secretKey: String
    /// Where the store says that it is, such as `eu-central-1`.
    public var region: String

    /// A credential for one region.
    public init(accessKey: String, secretKey: String, region: String) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.region = region
    }
}

extension SigningCredential: CustomStringConvertible, CustomReflectable {
    /// Three stars: nothing of it belongs in a log.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
