public import JSON
internal import Primitives

/// A signed token in the compact form (RFC 7515 7.1), read and not yet checked. Ed25519 is the only algorithm (RFC 8037, RFC 9864).
public struct CompactJWS: Sendable {
    /// Bytes of the longest token.
    public static let lengthLimit = 4_096
    /// Header members that say where a key is found or how the rest is read: nobody who sends a token decides that.
    private static let forbidden = ["crit", "jwk", "jku", "x5u", "x5c", "b64"]

    /// The name of the key; nil without one.
    public let keyID: String?
    /// What the token says.
    public let claims: JSONObject
    let header: JSONObject
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Reads a token.
    ///
    /// - Parameters:
    ///   - type: what `typ` has to be, without regard to case and to `application/` before it (RFC 8725 3.11).
    ///   - carriesKey: whether the header holds the key itself, as a proof of possession does.
    /// - Throws: `TokenFailure.malformed`.
    public init(_ text: String, type: String, carriesKey: Bool = false) throws(TokenFailure) {
        guard text.utf8.count <= Self.lengthLimit else { throw .malformed("A token has at most \(Self.lengthLimit) bytes.") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("A token has three parts.") }
        guard let header = Self.object(parts[0]), let claims = Self.object(parts[1]), let signature = Self.bytes(parts[2]) else {
            throw .malformed("A part of the token is not what it has to be.")
        }
        guard let algorithm = Self.text("alg", header), algorithm == "Ed25519" || algorithm == "EdDSA" else {
            throw .malformed("The token's algorithm is not Ed25519.")
        }
        guard let found = Self.text("typ", header)?.lowercased(), found == type || found == "application/\(type)" else {
            throw .malformed("The token is of another type.")
        }
        let forbidden = Self.forbidden.filter { !(carriesKey && $0 == "jwk") }
        guard !forbidden.contains(where: header.contains) else { throw .malformed("The token's header has a member that is not allowed.") }
        keyID = Self.text("kid", header)
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    /// - Throws: `TokenFailure.invalidSignature`.
    public func verify(with key: Ed25519PublicKey) throws(TokenFailure) {
        guard key.verify(signature, of: signed) else { throw .invalidSignature }
    }

    /// The text of a claim; nil when it is absent or something else.
    public func text(_ name: String) -> String? { Self.text(name, claims) }

    /// A time or another whole number; nil when it is absent or something else.
    public func integer(_ name: String) -> Int64? { claims[name].flatMap { try? $0.integer() } }

    private static func text(_ name: String, _ object: JSONObject) -> String? {
        object[name].flatMap { try? $0.string() }
    }

    private static func object(_ part: Substring) -> JSONObject? {
        bytes(part).flatMap { try? JSONValue.parse($0).object() }
    }

    /// Strict: no padding, no other characters, no stray bits.
    private static func bytes(_ part: Substring) -> [UInt8]? {
        guard !part.isEmpty, part.utf8.last != UInt8(ascii: "=") else { return nil }
        return Base64URL.decode(part)
    }
}
