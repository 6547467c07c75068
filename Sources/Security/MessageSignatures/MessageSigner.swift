internal import HTTP

/// Signs messages (RFC 9421 3.1).
public struct MessageSigner: Sendable {
    /// The key that signs.
    public var key: Ed25519PrivateKey
    /// The profile's tag.
    public var tag: String

    /// Signs under a tag.
    public init(key: Ed25519PrivateKey, tag: String) {
        self.key = key
        self.tag = tag
    }

    /// The fields `Signature-Input` and `Signature` of a message.
    ///
    /// - Parameters:
    ///   - components: what is covered, in order; a part of the answered request is written with `;req` behind it.
    ///   - created: seconds since the epoch.
    ///   - expires: seconds since the epoch.
    ///   - nonce: nil for none.
    /// - Throws: `SignatureFailure.malformed` when something that shall be covered is absent.
    public func fields(
        for message: SignedMessage, covering components: [String], created: Int64, expires: Int64, nonce: String? = nil,
        label: String = "sig1"
    ) throws(SignatureFailure) -> (input: String, signature: String) {
        let covered = components.map { name in
            name.hasSuffix(";req") ? SignatureComponent(String(name.dropLast(4)), isOfRequest: true) : SignatureComponent(name)
        }
        var parameters = StructuredParameters()
        parameters.set("created", .integer(created))
        parameters.set("expires", .integer(expires))
        if let nonce { parameters.set("nonce", .string(nonce)) }
        parameters.set("keyid", .string(key.publicKey.thumbprint))
        parameters.set("alg", .string("ed25519"))
        parameters.set("tag", .string(tag))
        let list = StructuredInnerList(covered.map(\.item), parameters: parameters)
        let signature = key.sign(try MessageSignature.base(of: message, covered, list))
        return ("\(label)=\(list.serialized)", "\(label)=\(StructuredBareItem.byteSequence(signature).serialized)")
    }
}
