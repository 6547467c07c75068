/// Base 64 with the standard alphabet and padding (RFC 4648 section 4).
public enum Base64 {
    /// The padded text of some bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Base64Alphabet.standard.encode(bytes, padding: true)
    }

    /// The bytes of a padded text; nil for anything that `encode` would not write.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Base64Alphabet.standard.decode(text, requiresPadding: true)
    }
}

/// Base 64 with the URL-safe alphabet (RFC 4648 section 5).
public enum Base64URL {
    /// The text of some bytes, without padding unless asked for.
    public static func encode(_ bytes: some Sequence<UInt8>, padding: Bool = false) -> String {
        Base64Alphabet.urlSafe.encode(bytes, padding: padding)
    }

    /// The bytes of a text, padded or not; nil for other characters and for bits that no encoder writes.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Base64Alphabet.urlSafe.decode(text, requiresPadding: false)
    }
}
