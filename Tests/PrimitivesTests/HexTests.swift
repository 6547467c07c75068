import Primitives
import Testing

/// RFC 4648 sections 8 and 10.
struct HexTests {
    /// RFC 4648 section 10; ours are in lower case.
    @Test(
        arguments: [
            ("", ""), ("f", "66"), ("fo", "666f"), ("foo", "666f6f"), ("foob", "666f6f62"), ("fooba", "666f6f6261"),
            ("foobar", "666f6f626172"),
        ])
    func thePublishedTextsAreWrittenAndRead(_ plain: String, _ text: String) {
        #expect(Hex.encode(plain.utf8) == text)
        #expect(Hex.decode(text) == Array(plain.utf8))
        #expect(Hex.decode(text.uppercased()) == Array(plain.utf8))
    }

    @Test func everyByteHasTwoDigits() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
        #expect(text.hasSuffix("eff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode("aAbBcCdDeEfF") == [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff])
    }

    /// The neighbours of the digits and letters in ASCII among them.
    @Test(arguments: ["0", "000", "0/", ":0", "0@", "G0", "0`", "g0", "0x", " 0", "0 ", "-1", "+1", "é", "٣٣", "0\u{0}", "00\n0"])
    func otherCharactersAndOddLengthsAreRefused(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
