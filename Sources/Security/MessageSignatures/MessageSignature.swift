internal import HTTP
internal import Primitives

/// One signature of a message, read and not yet checked (RFC 9421 4, contracts/cosmos.md 3.3).
public struct MessageSignature: Sendable {
    /// Bytes of each of the two fields.
    public static let fieldLimit = 4_096
    /// Signatures of one message, whatever their tags.
    public static let labelLimit = 8
    /// Signatures of one message with the tag that is asked for.
    public static let candidateLimit = 3
    /// Components of one signature.
    public static let componentLimit = 32

    /// The name that connects the two fields.
    public let label: String
    /// The thumbprint of the key.
    public let keyID: String
    /// When it was made, in seconds since the epoch.
    public let created: Int64
    /// When it ends, in seconds since the epoch.
    public let expires: Int64
    /// What makes it different from all others; empty where the profile asks for none.
    public let nonce: String
    let components: [SignatureComponent]
    private let parameters: StructuredInnerList
    private let signature: [UInt8]

    /// The signatures of a message that have the tag of a profile and are written as it asks.
    ///
    /// - Returns: none when no signature has the tag.
    /// - Throws: `SignatureFailure.malformed` when one claims the tag and none is as it has to be.
    public static func candidates(in message: SignedMessage, of profile: SignatureProfile) throws(SignatureFailure) -> [MessageSignature] {
        let lines = message.lines("signature-input")
        // Also a field that cannot be read, or one with the tag in the wrong place, is no request of somebody else.
        guard lines.contains(where: { $0.contains(profile.tag) }) else { return [] }
        let inputs = try dictionary(lines)
        let signatures = try dictionary(message.lines("signature"))
        guard inputs.members.count <= labelLimit, signatures.members.count <= labelLimit else {
            throw .malformed("a message has at most \(labelLimit) signatures")
        }
        guard Set(inputs.members.map(\.key)) == Set(signatures.members.map(\.key)) else {
            throw .malformed("the two fields name different signatures")
        }
        let tagged = inputs.members.filter { $0.value.innerList?.parameters["tag"] == .string(profile.tag) }
        guard !tagged.isEmpty else { throw .malformed("no signature has the tag where it belongs") }
        guard tagged.count <= candidateLimit else { throw .malformed("at most \(candidateLimit) signatures have the tag") }
        var found: [MessageSignature] = []
        var failure: SignatureFailure?
        for (label, member) in tagged {
            do throws(SignatureFailure) {
                guard let list = member.innerList, let bytes = signatures[label]?.item?.value.bytes else {
                    throw .malformed("a signature is not a byte sequence")
                }
                found.append(try MessageSignature(label, list, bytes, of: message, profile))
            } catch {
                failure = failure ?? error
            }
        }
        if found.isEmpty, let failure { throw failure }
        return found
    }

    private static func dictionary(_ lines: [String]) throws(SignatureFailure) -> StructuredDictionary {
        guard lines.reduce(0, { $0 + $1.utf8.count }) <= fieldLimit else { throw .malformed("a field has at most \(fieldLimit) bytes") }
        guard let dictionary = try? StructuredDictionary(parsing: lines) else { throw .malformed("a field is no dictionary") }
        guard !dictionary.repeatsKey else { throw .malformed("a name is there twice") }
        return dictionary
    }

    private init(
        _ label: String, _ list: StructuredInnerList, _ signature: [UInt8], of message: SignedMessage, _ profile: SignatureProfile
    ) throws(SignatureFailure) {
        guard list.items.count <= Self.componentLimit else { throw .malformed("at most \(Self.componentLimit) components are covered") }
        var components: [SignatureComponent] = []
        for item in list.items { components.append(try SignatureComponent(item)) }
        try profile.check(components, of: message)
        guard let created = list.parameters["created"]?.integer, let expires = list.parameters["expires"]?.integer else {
            throw .malformed("created and expires are whole numbers")
        }
        guard let keyID = list.parameters["keyid"]?.string, Ed25519PublicKey.isThumbprint(keyID) else {
            throw .malformed("keyid is a thumbprint")
        }
        let nonce = list.parameters["nonce"]?.string
        if profile.needsNonce {
            guard let nonce, (16...128).contains(nonce.utf8.count), nonce.utf8.allSatisfy(OpaqueIdentifier.isWord) else {
                throw .malformed("nonce has 16 to 128 of A-Z a-z 0-9 - _")
            }
        }
        if let algorithm = list.parameters["alg"] {
            guard algorithm == .string("ed25519") else { throw .malformed("alg is ed25519") }
        }
        self.label = label
        self.keyID = keyID
        self.created = created
        self.expires = expires
        self.nonce = nonce ?? ""
        self.components = components
        parameters = list
        self.signature = signature
    }

    /// Whether the times are right.
    ///
    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - skew: how far the clocks of the two may be apart, in seconds.
    ///   - maximumAge: how long a signature may be good for, in seconds.
    /// - Throws: `SignatureFailure.untimely`.
    public func checkTime(now: Int64, skew: Int64, maximumAge: Int64) throws(SignatureFailure) {
        guard expires > created, expires - created <= maximumAge, created <= now + skew, now <= expires + skew else { throw .untimely }
    }

    /// Whether the owner of the key has signed what the signature covers of the message.
    ///
    /// - Throws: `SignatureFailure.malformed` when something covered is absent, `.invalid`.
    public func verify(_ message: SignedMessage, with key: Ed25519PublicKey) throws(SignatureFailure) {
        let base = try Self.base(of: message, components, parameters)
        guard key.verify(signature, of: base) else { throw .invalid }
    }

    /// What is signed (RFC 9421 2.5).
    static func base(
        of message: SignedMessage, _ components: [SignatureComponent], _ parameters: StructuredInnerList
    ) throws(SignatureFailure) -> [UInt8] {
        var lines: [String] = []
        for component in components { lines.append(try component.line(of: message)) }
        lines.append("\"@signature-params\": \(parameters.serialized)")
        return Array(lines.joined(separator: "\n").utf8)
    }
}
