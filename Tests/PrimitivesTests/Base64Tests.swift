import Primitives
import TestSupport
import Testing

/// RFC 4648 sections 4, 5 and 10.
struct Base64Tests {
    /// RFC 4648 section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors) func thePublishedTextsAreWrittenAndRead(_ plain: String, _ text: String) {
        #expect(Base64.encode(plain.utf8) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
        #expect(Base64URL.encode(plain.utf8, padding: true) == text)
        #expect(Base64URL.encode(plain.utf8) == text.prefix { $0 != "=" })
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    /// Every one of the 64 values in order, by the tables 1 and 2.
    @Test func theAlphabetsDifferInTheirLastTwoSymbols() throws {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        let bytes = try #require(Base64.decode(letters + "+/"))
        #expect(bytes.prefix(3) == [0x00, 0x10, 0x83])
        #expect(bytes.suffix(3) == [0xf3, 0xdf, 0xbf])
        #expect(Base64.encode(bytes) == letters + "+/")
        #expect(Base64URL.encode(bytes) == letters + "-_")
        #expect(Base64URL.decode(letters + "-_") == bytes)
    }

    @Test func paddingOfTheURLAlphabetIsOptional() {
        #expect(Base64URL.decode("Zg") == [0x66])
        #expect(Base64URL.decode("Zm8") == [0x66, 0x6f])
    }

    /// What `encode` would not write: RFC 4648 3.1 to 3.5.
    static let refused = [
        "Z", "Zg", "Zg=", "Zm8", "Zg===", "Zm9v=", "Zm9v==", "Zm9v====", "=", "==", "===", "====", "Z===", "=Zg=", "Z=g=",
        "Zg==Zg==", "Zh==", "Zn==", "Zm9=", "Zm+=", " Zm9v", "Zm9v ", "Zm9v\n", "Zm\r\n9v", "Zm9*", "Zm-_", "Zm9\u{0}", "Zmé=",
        "Zg=\u{301}=", "Ｚm9v",
    ]

    @Test(arguments: refused) func whatWouldNotBeWrittenIsRefused(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(
        arguments: [
            "Z", "Zg=", "Zg===", "Zm9v=", "=", "==", "====", "Z===", "Zg==Zg==", "Zh", "Zh==", "Zm9", "Zm9=", "Zm+/", "Zm9v\n", "Zm 9",
            "Zm9*",
        ])
    func whatIsNotOfTheURLAlphabetIsRefused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    /// Of the texts of one length, exactly one stands for some bytes.
    @Test func noTwoTextsMeanTheSameBytes() {
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var seen: Set<[UInt8]> = []
        for first in symbols {
            for second in symbols {
                if let bytes = Base64.decode("\(first)\(second)==") { #expect(seen.insert(bytes).inserted) }
            }
        }
        #expect(seen.count == 256)
    }

    @Test(arguments: 0..<70) func bytesOfAnyLengthComeBack(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = generator.bytes(count: count)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        #expect(Base64URL.decode(Base64URL.encode(bytes, padding: true)) == bytes)
        #expect(Base64.encode(bytes.lazy.map { $0 }) == Base64.encode(bytes))
        #expect(Base64.encode(bytes).utf8.count == (count + 2) / 3 * 4)
        #expect(Base64URL.encode(bytes).utf8.count == (count * 8 + 5) / 6)
    }
}
