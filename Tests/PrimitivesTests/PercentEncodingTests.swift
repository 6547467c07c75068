import Primitives
import Testing

/// RFC 3986 section 2.
struct PercentEncodingTests {
    @Test(
        arguments: [
            ("", ""), ("plain", "plain"), ("%41%42", "AB"), ("%c3%a9", "é"), ("%C3%a9", "é"), ("é", "é"), ("%F0%9F%90%93", "🐓"),
            ("%25", "%"), ("%2541", "%41"), ("a%2Fb", "a/b"), ("a%20b", "a b"), ("%00", "\u{0}"), ("%7F", "\u{7f}"),
            ("%E2%80%A8", "\u{2028}"), ("%EF%BF%BD", "\u{fffd}"),
        ])
    func escapesAreReadOnce(_ encoded: String, _ text: String) {
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: false) == text)
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: true) == text)
    }

    @Test func aPlusIsASpaceOnlyInAQuery() {
        #expect(PercentEncoding.decode("a+b%2B+".utf8, plusAsSpace: true) == "a b+ ")
        #expect(PercentEncoding.decode("a+b%2B+".utf8, plusAsSpace: false) == "a+b++")
    }

    @Test(
        arguments: [
            "%", "a%", "%4", "a%4", "%%41", "%4%41", "%G0", "%0G", "%g0", "%/0", "%0:", "%@0", "%0`", "% 41", "%+4", "%-1", "%0x", "%u0041",
            "%é0",
        ])
    func brokenEscapesAreRefused(_ encoded: String) {
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: false) == nil)
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: true) == nil)
    }

    /// Overlong forms, surrogates, code points past the last one, pieces of characters.
    @Test(arguments: [
        "%80", "%C3", "%C3a", "a%A9", "%C0%AF", "%C1%81", "%E0%80%AF", "%ED%A0%80", "%F4%90%80%80", "%FE", "%FF", "%F0%9F%90",
    ])
    func escapesThatAreNotUTF8AreRefused(_ encoded: String) {
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: false) == nil)
    }

    @Test func bareBytesThatAreNotUTF8AreRefused() {
        #expect(PercentEncoding.decode([0x61, 0xc3], plusAsSpace: false) == nil)
        #expect(PercentEncoding.decode([0xff], plusAsSpace: false) == nil)
        #expect(PercentEncoding.decode([0xc3] + Array("%A9".utf8), plusAsSpace: false) == "é", "The bytes are what counts.")
    }

    /// RFC 3986 2.3: letters, digits and `-._~` are unreserved; 2.1: escapes are written in upper case.
    @Test func everythingThatIsNotUnreservedIsEscaped() {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        #expect(PercentEncoding.encode(unreserved) == unreserved)
        #expect(PercentEncoding.encode("a b/c?d=e&f+g%h") == "a%20b%2Fc%3Fd%3De%26f%2Bg%25h")
        #expect(PercentEncoding.encode("é🐓\u{0}\n\u{7f}") == "%C3%A9%F0%9F%90%93%00%0A%7F")
        #expect(PercentEncoding.encode("") == "")
    }

    @Test func everyCharacterComesBack() {
        let scalars = (UInt32(0)...0x2fff).compactMap(Unicode.Scalar.init) + ["\u{fffd}", "\u{ffff}", "\u{10000}", "\u{10ffff}"]
        let text = String(String.UnicodeScalarView(scalars))
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.utf8.allSatisfy { (0x21...0x7e).contains($0) })
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: true)?.utf8.elementsEqual(text.utf8) == true)
        #expect(PercentEncoding.decode(encoded.utf8, plusAsSpace: false)?.utf8.elementsEqual(text.utf8) == true)
    }
}
