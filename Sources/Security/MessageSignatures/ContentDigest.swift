internal import HTTP

/// The digest of a body beside it (RFC 9530), in the algorithms that are worth something: SHA-256 and SHA-512.
public enum ContentDigest {
    /// The value of `Content-Digest` for a body.
    public static func field(for body: [UInt8]) -> String {
        "sha-256=" + StructuredBareItem.byteSequence(SHA256.hash(body)).serialized
    }

    /// Whether the field of a message fits its body: every algorithm that is known has to, and one has to be known.
    ///
    /// - Throws: `SignatureFailure.wrongDigest`.
    public static func verify(_ message: SignedMessage) throws(SignatureFailure) {
        guard let digests = try? StructuredDictionary(parsing: message.lines("content-digest")) else {
            throw .wrongDigest("Content-Digest is no dictionary.")
        }
        var isKnown = false
        for (name, member) in digests.members {
            let expected: [UInt8]
            switch name {
            case "sha-256": expected = SHA256.hash(message.body)
            case "sha-512": expected = SHA512.hash(message.body)
            default: continue
            }
            guard member.item?.value.bytes == expected else { throw .wrongDigest("Content-Digest does not fit the body.") }
            isKnown = true
        }
        guard isKnown else { throw .wrongDigest("Content-Digest has neither sha-256 nor sha-512.") }
    }
}
