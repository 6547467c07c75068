internal import Primitives

/// A token that means nothing by itself: 32 random bytes in base64url, 43 characters. Only its hash is stored.
public struct OpaqueToken: Sendable {
    /// What the client gets. Never stored, never logged.
    public let text: String

    /// A new token.
    public init() {
        text = Base64URL.encode(SecureRandom.bytes(32))
    }

    /// A new token of 64 random bytes in base64: 88 characters (contracts/reileta.md 1.3).
    public static func long() -> OpaqueToken {
        OpaqueToken(text: Base64.encode(SecureRandom.bytes(64)))
    }

    /// A token that a client sent, of any form: one that this server never made has a hash that is not stored.
    public init(text: String) {
        self.text = text
    }

    /// The same as base64url is written in full: 44 characters, the last one `=`.
    public var paddedText: String { text + "=" }

    /// What is stored: SHA-256 of the text, 32 bytes. A token has 256 random bits, so a slow hash would add nothing.
    public var hash: [UInt8] { SHA256.hash(text.utf8) }
}

extension OpaqueToken: CustomStringConvertible, CustomReflectable {
    /// Three stars: a token has no place in a log.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
