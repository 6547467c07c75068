import JSON
import TestSupport
import Testing

/// What RFC 8259 does not allow is refused.
struct JSONStrictnessTests {
    @Test(
        arguments: [
            "", " ", "\n", "nul", "nulll", "NULL", "True", "tru", "falsey", "undefined", "None", "NaN", "-NaN", "Infinity", "-Infinity",
            "inf",
            "[NaN]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[", "]", "[1", "[1}", "{", "}", "{]", "[[]", "[]]", "{}}", "{\"a\"}",
            "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{:1}", "{a:1}", "{'a':1}", "{1:2}",
            "{null:1}",
            "{\"a\":1,\"b\"}", "1 2", "1,", "null null", "{} {}", "[] x", "{}\u{0}", "\u{0}", "'a'", "\"a", "a\"", "\"a\"b", "\"a\"\"b\"",
            "// c\n1", "1 // c", "/* c */1", "# c\n1", "\"\\\"", "\u{a0}1", "1\u{2028}", "\u{c}1", "\u{b}1", "{}garbage",
        ])
    func whatIsNotOneDocumentIsRefused(_ text: String) {
        #expect(isMalformed(Array(text.utf8)))
    }

    /// RFC 8259 8.1: "Implementations MUST NOT add a byte order mark".
    @Test(arguments: ["null", "{}", "", "\u{feff}1", " 1"]) func aByteOrderMarkIsRefused(_ text: String) {
        #expect(isMalformed([0xef, 0xbb, 0xbf] + Array(text.utf8)))
        #expect(isMalformed([0xfe, 0xff] + Array(text.utf8)))
        #expect(isMalformed(Array(" ".utf8) + [0xef, 0xbb, 0xbf] + Array(text.utf8)))
    }

    @Test func otherEncodingsAreRefused() {
        #expect(isMalformed("[1]".utf8.flatMap { [$0, 0] }))
        #expect(isMalformed("[1]".utf8.flatMap { [0, $0] }))
    }

    @Test(arguments: UInt8(0)..<0x20) func bareControlCharactersAreRefusedInTexts(_ byte: UInt8) {
        let quote = UInt8(ascii: "\"")
        #expect(isMalformed([quote, byte, quote]))
        #expect(isMalformed([quote] + Array(repeating: UInt8(ascii: "x"), count: 70) + [byte, quote]))
        #expect(isMalformed(Array("{\"a".utf8) + [byte] + Array("\":1}".utf8)), "In a name too.")
    }

    @Test(arguments: UInt8(0)..<0x20) func onlyFourControlCharactersMayStandBetweenValues(_ byte: UInt8) {
        let isSpace = [0x09, 0x0a, 0x0d].contains(byte)
        #expect(isMalformed(Array("[1,".utf8) + [byte] + Array("2]".utf8)) == !isSpace)
        #expect(isMalformed(Array("[1]".utf8) + [byte]) == !isSpace)
    }

    @Test(
        arguments: [
            #"\x41"#, #"\a"#, #"\'"#, #"\0"#, #"\U0041"#, #"\u"#, #"\u0"#, #"\u004"#, #"\u00g0"#, #"\u-041"#, #"\u 041"#, #"\u{41}"#, #"\"#,
            "\\\n", "\\é",
        ])
    func otherEscapesAreRefused(_ escape: String) {
        #expect(isMalformed(Array("\"\(escape)\"".utf8)))
        #expect(isMalformed(Array("{\"\(escape)\":1}".utf8)))
    }

    /// A half of a pair is no character, and has no UTF-8.
    @Test(
        arguments: [
            #"\ud83d"#, #"\udc13"#, #"\ud83dx"#, #"\ud83d\n"#, #"\ud83d\u0041"#, #"\ud83d\ud83d"#, #"\udc13\ud83d"#, #"\udfff"#, #"\udbff"#,
            #"x\udc00x"#, #"\ud83d\u"#, #"\ud83d\udc13\udc13"#, #"\ud83dudc13"#, #"\ud800\ue000"#, #"\udbff\udbff"#,
        ])
    func loneSurrogatesAreRefused(_ escape: String) {
        #expect(isMalformed(Array("\"\(escape)\"".utf8)))
        #expect(isMalformed(Array("{\"\(escape)\":1}".utf8)))
    }

    /// Pieces, overlong forms, surrogates, code points past the last one, bytes that UTF-8 has not.
    @Test(
        arguments: [
            [0x80], [0xbf], [0xc3], [0xc3, 0x28], [0xc0, 0xaf], [0xc1, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xe0, 0x80, 0xaf],
            [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x9f, 0x90], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe], [0xff], [0xc3, 0xa9, 0xa9],
        ] as [[UInt8]])
    func whatIsNotUTF8IsRefused(_ bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(refusal(of: quote + bytes + quote) == .malformed(reason: "not UTF-8"))
        #expect(refusal(of: Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == .malformed(reason: "not UTF-8"))
        #expect(isMalformed(Array("[1,".utf8) + bytes + Array("]".utf8)))
        #expect(isMalformed(bytes))
    }

    @Test func everyPieceOfADocumentIsRefused() {
        let document = Array(#"{"name":"Zoë \ud83d\udc13","list":[1,-2.5e3,true,null,{"a":{}}],"last":[]}"#.utf8)
        #expect(refusal(of: document) == nil)
        for length in 0..<document.count { #expect(isMalformed(Array(document.prefix(length)))) }
        for byte in UInt8.min...UInt8.max where ![0x20, 0x09, 0x0a, 0x0d].contains(byte) { #expect(isMalformed(document + [byte])) }
    }

    /// Nothing remains of a document that was refused.
    @Test func aRefusalDoesNotSpoilTheNextDocument() throws {
        for text in ["[1,2", "[[[[[", "\"\\ud83d\"", "{\"a\":1,\"a\":2}", "[1e999]", String(repeating: "[", count: 1_000)] {
            #expect(refusal(of: Array(text.utf8)) != nil)
            #expect(try read(#"{"a":[1,"b"]}"#).object().required("a").array().count == 2)
        }
    }

    /// Whatever the bytes are, they are read or refused; what is read can be walked to its end.
    @Test func changedDocumentsAreReadOrRefused() {
        let document = Array(#"{"name":"Zoë \ud83d\udc13","list":[1,-2.5e3,18446744073709551615,{"a":{}}],"last":[[]]}"#.utf8)
        var generator = SeededGenerator(seed: 8_259)
        var count = 0
        for _ in 0..<5_000 {
            var changed = document
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = changed.indices.randomElement(using: &generator) ?? 0
                changed[index] =
                    Bool.random(using: &generator)
                    ? document.randomElement(using: &generator) ?? 0 : .random(in: 0...255, using: &generator)
            }
            if let value = try? JSONValue.parse(changed) { count += TestValue(value).count }
        }
        #expect(count > 0)
    }
}
