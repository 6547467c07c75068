internal import Primitives
internal import Security

/// How a profile is known outside (contracts/gale.md 6): a random UUID in 22 characters of base64url, or six letters and digits.
public struct ProfileCode: Hashable, Sendable {
    /// The text, which is compared as it is.
    public let text: String

    /// Bytes of a UUID.
    private static let bytes = 16
    /// Characters of a short code.
    private static let shortLength = 6
    private static let shortAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// A code that somebody has sent; nil for what none can look like.
    public init?(_ text: String) {
        let isShort =
            text.utf8.count == Self.shortLength && text.utf8.allSatisfy { OpaqueIdentifier.isWord($0) && $0 != 0x2D && $0 != 0x5F }
        guard isShort || (text.utf8.count == 22 && Base64URL.decode(Substring(text))?.count == Self.bytes) else { return nil }
        self.text = text
    }

    /// A new code.
    ///
    /// - Parameter isShort: six characters, for people who type it; some two thousand million of them.
    static func random(isShort: Bool) -> ProfileCode {
        isShort ? ProfileCode(short: SecureRandom.bytes(64)) ?? random(isShort: true) : ProfileCode(uuid: SecureRandom.bytes(bytes))
    }

    /// A UUID of version 4 (RFC 9562 5.4).
    private init(uuid random: [UInt8]) {
        var bytes = random
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        text = Base64URL.encode(bytes)
    }

    /// Each character equally likely; nil when too many bytes had to be thrown away.
    private init?(short random: [UInt8]) {
        let fair = random.lazy.filter { $0 < 252 }.prefix(Self.shortLength).map { Self.shortAlphabet[Int($0) % 36] }
        guard fair.count == Self.shortLength else { return nil }
        text = String(fair)
    }

    /// The UUID as it is written with hyphens; the code itself when it is a short one.
    public var fileName: String {
        guard let bytes = Base64URL.decode(Substring(text)), bytes.count == Self.bytes else { return text }
        let digits = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// The code whose `fileName` this is; nil when there is none.
    public init?(fileName: String) {
        guard fileName.utf8.count == 36 else {
            self.init(fileName)
            guard text.utf8.count == Self.shortLength else { return nil }
            return
        }
        guard let bytes = Hex.decode(fileName.filter { $0 != "-" }), bytes.count == Self.bytes else { return nil }
        self.init(Base64URL.encode(bytes))
        guard self.fileName == fileName else { return nil }
    }
}
