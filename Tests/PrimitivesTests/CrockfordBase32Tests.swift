import Primitives
import TestSupport
import Testing

/// https://www.crockford.com/base32.html
struct CrockfordBase32Tests {
    static let symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    /// The vectors of RFC 4648 section 10 with Crockford's symbols in place of A to 7; there is no padding.
    @Test(
        arguments: [
            ("", ""), ("f", "CR"), ("fo", "CSQG"), ("foo", "CSQPY"), ("foob", "CSQPYRG"), ("fooba", "CSQPYRK1"),
            ("foobar", "CSQPYRK1E8"),
        ])
    func knownTextsAreWrittenAndRead(_ plain: String, _ text: String) {
        #expect(CrockfordBase32.encode(plain.utf8) == text)
        #expect(CrockfordBase32.decode(text) == Array(plain.utf8))
        #expect(CrockfordBase32.decode(text.lowercased()) == Array(plain.utf8))
    }

    /// Five bytes for eight symbols: the 32 values in order.
    @Test func theSymbolsStandInOrder() throws {
        let bytes = try #require(CrockfordBase32.decode(Self.symbols))
        #expect(bytes.count == 20)
        #expect(bytes.prefix(5) == [0x00, 0x44, 0x32, 0x14, 0xc7])
        #expect(CrockfordBase32.encode(bytes) == Self.symbols)
    }

    @Test(arguments: [("O", "0"), ("o", "0"), ("I", "1"), ("i", "1"), ("L", "1"), ("l", "1")])
    func lettersThatLookLikeDigitsAreDigits(_ typed: Character, _ meant: Character) throws {
        #expect(CrockfordBase32.decode("A\(typed)") == CrockfordBase32.decode("A\(meant)"))
        #expect(CrockfordBase32.canonical(try #require(typed.asciiValue)) == meant.asciiValue)
    }

    @Test func theCanonicalSymbolIsTheOneThatIsWritten() {
        for symbol in Self.symbols.utf8 {
            #expect(CrockfordBase32.canonical(symbol) == symbol)
            #expect(CrockfordBase32.canonical(symbol | 0x20) == symbol, "Case does not matter.")
        }
        let known = (UInt8.min...UInt8.max).filter { CrockfordBase32.canonical($0) != nil }
        #expect(known.count == 10 + 25 * 2, "U alone of the letters is none.")
    }

    /// Separators are the business of who shows a code in groups.
    @Test(arguments: ["U", "u", "AB-CD", "AB CD", "AB_CD", "AB=", "AB*", "\u{0}", "AB\n", "é", "０"])
    func whatIsNoSymbolIsRefused(_ text: String) {
        #expect(CrockfordBase32.decode(text) == nil)
    }

    @Test func onlyWholeBytesAreRead() {
        #expect(CrockfordBase32.decode("Z") == [])
        #expect(CrockfordBase32.decode("ZZ") == [0xff])
        #expect(CrockfordBase32.decode("ZZZ") == [0xff])
        #expect(CrockfordBase32.decode("ZZZZ") == [0xff, 0xff])
    }

    @Test(arguments: 0..<40) func bytesOfAnyLengthComeBack(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = generator.bytes(count: count)
        let text = CrockfordBase32.encode(bytes)
        #expect(text.utf8.count == (count * 8 + 4) / 5)
        #expect(text.allSatisfy(Self.symbols.contains))
        #expect(CrockfordBase32.decode(text) == bytes)
    }
}
