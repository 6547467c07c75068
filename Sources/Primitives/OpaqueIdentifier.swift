/// Ids that mean something to those only who gave them (contracts/cosmos.md 2). They are compared byte for byte.
public enum OpaqueIdentifier {
    /// Characters of an id.
    public static let length = 1...64

    /// Whether a text is 1 to 64 characters of `A-Z a-z 0-9 - _`.
    public static func isValid(_ text: String) -> Bool {
        length.contains(text.utf8.count) && text.utf8.allSatisfy(isWord)
    }

    /// Whether a byte is one of `A-Z a-z 0-9 - _`, the alphabet of base64url.
    public static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
