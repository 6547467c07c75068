import JSON
import TestSupport
import Testing

struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 0)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func commasStandBetweenAndNowhereElse() {
        let text = written { writer in
            writer.object { object in
                object.member("text", "a")
                object.member("absent", nil as String?)
                object.member("there", "b" as String?)
                object.member("number", 1)
                object.member("large", Int64.max)
                object.member("flag", true)
                object.member("share", 0.5)
                object.member("raw", raw: Array("[1]".utf8))
                object.member("empty", object: { _ in })
                object.member("none", array: { _ in })
                object.member(
                    "list",
                    array: { list in
                        list.null()
                        list.value(false)
                        list.array { $0.array { _ in } }
                        list.object { $0.member("a", object: { $0.member("b", 2) }) }
                        list.raw(Array("{}".utf8))
                        list.value(UInt64.max)
                    })
                object.key("dyn\"amic" as String)
                object.value(3)
                object.key("last")
                object.null()
            }
        }
        #expect(
            text == #"{"text":"a","absent":null,"there":"b","number":1,"large":9223372036854775807,"flag":true,"share":0.5,"raw":[1],"#
                + #""empty":{},"none":[],"list":[null,false,[[]],{"a":{"b":2}},{},18446744073709551615],"dyn\"amic":3,"last":null}"#)
    }

    /// RFC 8259 section 7: the quotation mark, the backslash and the controls are escaped, nothing else needs it.
    @Test(
        arguments: [
            ("", ""), ("plain", "plain"), ("\"", #"\""#), ("\\", #"\\"#), ("/", "/"), ("\n\r\t\u{8}\u{c}", #"\n\r\t\b\f"#),
            ("\u{0}\u{1}\u{f}\u{10}\u{1f}", #"\u0000\u0001\u000f\u0010\u001f"#), ("\u{b}\u{1b}", #"\u000b\u001b"#),
            ("\u{7f}\u{85}", "\u{7f}\u{85}"),
            ("Zoë🐓", "Zoë🐓"), ("\u{2028}\u{2029}\u{feff}", "\u{2028}\u{2029}\u{feff}"), ("\\u0041", #"\\u0041"#),
            ("a\"b\"c", #"a\"b\"c"#), ("\"\"", #"\"\""#), ("x\n", #"x\n"#), ("\nx", #"\nx"#), ("\r\n", #"\r\n"#),
            ("e\u{301}\"\u{301}", "e\u{301}\\\"\u{301}"),
        ])
    func textsAreEscaped(_ text: String, _ escaped: String) throws {
        let asValue = written { $0.value(text) }
        #expect(Array(asValue.utf8) == Array("\"\(escaped)\"".utf8))
        let asName = written {
            $0.object { object in
                object.key(text)
                object.value(1)
            }
        }
        #expect(Array(asName.utf8) == Array("{\"\(escaped)\":1}".utf8))
        #expect(Array(try read(asValue).string().utf8) == Array(text.utf8))
    }

    @Test func everyCharacterComesBack() throws {
        let scalars = (UInt32(0)...0x2fff).compactMap(Unicode.Scalar.init) + ["\u{fffd}", "\u{ffff}", "\u{10000}", "\u{10ffff}"]
        let text = String(String.UnicodeScalarView(scalars))
        #expect(Array(try read(written { $0.value(text) }).string().utf8) == Array(text.utf8))
    }

    @Test(
        arguments: [
            (0, "0"), (7, "7"), (-1, "-1"), (10, "10"), (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
            (1_000_000_000_000_000_000, "1000000000000000000"),
        ] as [(Int64, String)])
    func integersAreWritten(_ number: Int64, _ text: String) {
        #expect(written { $0.value(number) } == text)
        #expect(written { $0.value(Int(number)) } == text)
        if number >= 0 { #expect(written { $0.value(UInt64(number)) } == text) }
    }

    @Test func theLargestUnsignedIntegerIsWritten() {
        #expect(written { $0.value(UInt64.max) } == "18446744073709551615")
    }

    /// A double stays a double for the reader, whatever its value.
    @Test(
        arguments: [
            0, -0.0, 1, -1, 0.1, 1.0 / 3, 100, 1e15, 1e16, 1e20, 1e21, 1e22, 1e23, 1e100, 2.2250738585072014e-308, 1e-5, 1e-7, .pi,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .ulpOfOne, 9_007_199_254_740_992,
        ] as [Double])
    func doublesComeBackToTheBit(_ number: Double) throws {
        let value = try read(written { $0.value(number) })
        #expect(value.kind == .double)
        #expect(try value.double().bitPattern == number.bitPattern)
    }

    @Test func anyDoubleComesBackToTheBit() throws {
        var generator = SeededGenerator(seed: 754)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(try read(written { $0.value(number) }).double().bitPattern == number.bitPattern)
        }
    }

    @Test(arguments: [Double.nan, .signalingNaN, .infinity, -.infinity]) func whatJSONHasNotBecomesNull(_ number: Double) {
        #expect(written { $0.value(number) } == "null")
        #expect(
            written {
                $0.object {
                    $0.member("a", number); $0.member("b", 1)
                }
            } == #"{"a":null,"b":1}"#)
    }

    @Test func anErrorInTheBodyIsPassedOn() {
        struct Stop: Error {}
        var writer = JSONWriter()
        #expect(throws: Stop.self) { try writer.object { _ in throw Stop() } }
        #expect(throws: Stop.self) { try writer.array { _ in throw Stop() } }
    }
}
