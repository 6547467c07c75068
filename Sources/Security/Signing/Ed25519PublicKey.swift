internal import CSodium
internal import Primitives

/// A public key of Ed25519 (RFC 8032).
public struct Ed25519PublicKey: Sendable, Hashable {
    /// Bytes of a key.
    public static let length = 32
    /// Bytes of a signature.
    public static let signatureLength = 64
    /// The thumbprint of the key whose private half stands in RFC 9421 B.1.4: anybody can sign with it.
    public static let exampleThumbprint = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"

    /// The key as it is written down.
    public let bytes: [UInt8]

    /// A key; nil when the bytes are not 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Whether a text can be a thumbprint: 43 characters of base64url. Nothing else is looked up, because texts that look the same are one for a
    /// dictionary and two for a database.
    public static func isThumbprint(_ text: String) -> Bool {
        text.utf8.count == 43 && text.utf8.allSatisfy(OpaqueIdentifier.isWord)
    }

    /// Whether the owner of the key has signed the message.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureLength else { return false }
        Sodium.start()
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }

    /// The key in base64url, as `x` of a JSON Web Key (RFC 8037).
    public var base64URL: String { Base64URL.encode(bytes) }

    /// The name of the key: SHA-256 of its JSON Web Key in base64url, 43 characters (RFC 7638, RFC 8037).
    public var thumbprint: String {
        Base64URL.encode(SHA256.hash(#"{"crv":"Ed25519","kty":"OKP","x":"\#(base64URL)"}"#.utf8))
    }
}
