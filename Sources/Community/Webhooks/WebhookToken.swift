internal import Primitives
internal import Security

/// What lets somebody post through a webhook: 48 random bytes in base64url, 64 characters. Only its hash is stored.
public struct WebhookToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// What the sender uses. Never stored, never logged.
    public let text: String

    init() {
        text = Base64URL.encode(SecureRandom.bytes(48))
    }

    /// The hash that stands for a text in the database.
    static func hash(_ text: String) -> [UInt8] { SHA256.hash(text.utf8) }

    /// Three stars: a token has no place in a log.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
