internal import Primitives

/// A UUID of version 4 (RFC 9562 5.4): 122 random bits.
public enum RandomUUID {
    /// 36 characters, in lower case.
    public static func text() -> String {
        var bytes = SecureRandom.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
