import JSON
import Testing

/// RFC 8259 in the three classes of the public parsing vectors: what every parser must read, what it must refuse, and what it may do as it likes.
/// The vectors are written anew, by what each class is about. docs/conformance.md says why the choices are as they are.
struct JSONConformanceTests {
    /// A document, and how it is told in a report.
    struct Vector: CustomStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        var description: String { name }

        init(_ name: String, _ text: String) {
            self.name = name
            bytes = Array(text.utf8)
        }

        init(_ name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        /// Bytes inside of a text that stands in a list.
        static func text(_ name: String, _ inner: [UInt8]) -> Vector {
            Vector(name, bytes: Array("[\"".utf8) + inner + Array("\"]".utf8))
        }
    }

    // MARK: Must be read

    static let read: [Vector] = [
        Vector("an array with blanks", "[[]   ]"), Vector("an empty text in an array", #"[""]"#), Vector("an empty array", "[]"),
        Vector("an array that ends in a line", "[\"a\"\n]"), Vector("an array of every kind", #"[null, 1, "1", {}, [], true, 0.5]"#),
        Vector("nulls in an array", "[1,null,null,null,2]"), Vector("blanks before and behind", " [1] \t\r\n"),
        Vector("an exponent with a plus", "[0e+1]"), Vector("an exponent", "[0e1]"), Vector("a capital exponent", "[1E22]"),
        Vector("a negative exponent", "[123e-10]"), Vector("a capital negative exponent", "[1E-2]"),
        Vector("a fraction and an exponent", "[123.456e78]"),
        Vector("a negative number", "[-123]"), Vector("a negative zero", "[-0]"),
        Vector("a fraction close to zero", "[-0.\(String(repeating: "0", count: 70))1]"),
        Vector("a zero", "[0]"), Vector("a blank behind a number", "[4 ]"), Vector("one key", #"{"a":"b"}"#),
        Vector("an empty object", "{}"),
        Vector("an empty key", #"{"":0}"#), Vector("a NUL in a key, escaped", #"{"foo\u0000bar": 42}"#),
        Vector("long texts", #"{"x":[{"id": "\#(String(repeating: "x", count: 400))"}]}"#),
        Vector("nested objects", #"{"a":{"b":{"c":{}}}}"#), Vector("lines between members", "{\n\"a\": \"b\"\n}"),
        Vector("escaped Cyrillic", #"{"title":"\u041f\u043e"}"#),
        Vector("every short escape", #"["\"\\\/\b\f\n\r\t"]"#), Vector("an escaped control", #"["\u0012"]"#),
        Vector("an escaped pair", #"["\ud834\udd1e"]"#),
        Vector("pairs one after another", #"["\ud83d\ude39\ud83d\udc8d"]"#), Vector("a backslash and a u", #"["\\u0061"]"#),
        Vector("a comment in a text", #"["a/*b*/c/*d//e"]"#),
        Vector("an escaped noncharacter", #"["\uFFFF"]"#), Vector("an escaped noncharacter beyond the first plane", #"["\uDBFF\uDFFE"]"#),
        Vector("an escaped mark of byte order", #"["\uFEFF"]"#), Vector("escapes in small and capital letters", #"["\uAbCd"]"#),
        Vector("DEL unescaped", "[\"\u{7f}\"]"), Vector("line separators unescaped", "[\"\u{2028}\u{2029}\"]"),
        Vector("a noncharacter in UTF-8", "[\"\u{ffff}\u{10ffff}\"]"),
        Vector("UTF-8 of two to four bytes", "[\"\u{e9}\u{20ac}\u{1d11e}\"]"), Vector("a private character", "[\"\u{e000}\"]"),
        Vector("a text alone", "\" \""), Vector("a number alone", "42"), Vector("a negative number alone", "-0.1"),
        Vector("null alone", "null"),
        Vector("true alone", "true"), Vector("false alone", "false"), Vector("an empty text alone", "\"\""),
        Vector("a newline at the end", "[\"a\"]\n"),
    ]

    @Test(arguments: read) func isRead(_ vector: Vector) {
        #expect(refusal(of: vector.bytes) == nil)
    }

    // MARK: Must be refused

    static let refused: [Vector] = [
        Vector("nothing", ""), Vector("a blank", " "), Vector("a missing comma", "[1 true]"), Vector("a colon for a comma", #"["": 1]"#),
        Vector("a comma behind the end", #"[""],"#), Vector("a comma at the beginning", "[,1]"), Vector("two commas", "[1,,2]"),
        Vector("a comma at the end", "[1,]"),
        Vector("only a comma", "[,]"), Vector("only a minus", "[-]"), Vector("an open array", "[\"x\""),
        Vector("an open array in an array", "[3[4]]"),
        Vector("two ends of an array", "[\"x\"]]"), Vector("a star in an array", "[*]"), Vector("an end alone", "]"),
        Vector("a brace that ends an array", "[1}"),
        Vector("a word in halves", "[nul]"), Vector("a word in capitals", "[True]"), Vector("a word of another language", "[None]"),
        Vector("a word too long", "[nullx]"),
        Vector("a letter behind a number", "[1a]"), Vector("two minuses", "[--2.]"), Vector("a plus", "[+1]"),
        Vector("a leading zero", "[012]"),
        Vector("a negative leading zero", "[-012]"), Vector("no digit before the point", "[-.123]"),
        Vector("no digit behind the point", "[2.]"),
        Vector("no digit between point and exponent", "[2.e3]"), Vector("an exponent without digits", "[0e]"),
        Vector("a sign without digits", "[0e+]"),
        Vector("two exponents", "[1eE2]"), Vector("two points", "[1.2.3]"), Vector("hexadecimal", "[0x42]"),
        Vector("Infinity", "[Infinity]"), Vector("minus Infinity", "[-Infinity]"),
        Vector("NaN", "[NaN]"), Vector("an expression", "[1+2]"), Vector("a fullwidth digit", "[\u{ff11}]"),
        Vector("a blank in thousands", "[1 000.0]"),
        Vector("a bad colon", #"["x", truth]"#), Vector("an object in brackets", #"{[: "x"}"#),
        Vector("a comma for a colon", #"{"x", null}"#), Vector("two colons", #"{"x"::"b"}"#),
        Vector("no colon", #"{"a" "b"}"#), Vector("no value", #"{"a":"#), Vector("no key", "{:\"b\"}"),
        Vector("a key without quotes", "{a: \"b\"}"), Vector("a key in single quotes", "{'a':0}"),
        Vector("a number as key", "{1:1}"), Vector("a comma behind a member", #"{"id":0,}"#),
        Vector("many commas behind a member", #"{"id":0,,,,,}"#), Vector("a comment behind", #"{"a":"b"}/**/"#),
        Vector("a line comment behind", #"{"a":"b"}//"#), Vector("a hash comment behind", #"{"a":"b"}#{}"#),
        Vector("an open object", #"{"a":true"#), Vector("a second object", "{}{}"),
        Vector("a text in single quotes", "['single']"), Vector("an open text", "[\"a"), Vector("an open text alone", "\""),
        Vector("a text without quotes", "[abc]"),
        Vector("a bare escape", #"[\n]"#), Vector("an unknown escape", #"["\x00"]"#), Vector("an escaped emoji", "[\"\\\u{1f300}\"]"),
        Vector("an escape at the end", #"["\"]"#),
        Vector("three backslashes", #"["\\\"]"#), Vector("half an escape", #"["\u00A"]"#),
        Vector("half of a second surrogate", #"["\ud834\udd"]"#), Vector("a surrogate and half an escape", #"["\ud800\u1x"]"#),
        Vector("a letter that is no digit", #"["\uqqqq"]"#), Vector("a newline in a text", "[\"new\nline\"]"),
        Vector("a tab in a text", "[\"\t\"]"), Vector("a NUL in a text", "[\"a\u{0}a\"]"),
        Vector("an escape character in a text", "[\"\u{1b}\"]"), Vector("a vertical tab between", "[\u{b}1]"),
        Vector("a form feed between", "[\u{c}]"), Vector("a no-break space between", "[\u{a0}1]"),
        Vector("a word joiner between", "[\u{2060}]"), Vector("a NUL behind", "[1]\u{0}"), Vector("garbage behind", "[1]x"),
        Vector("a text and a word behind", "\"\"x"), Vector("an end behind an object", "{}}"),
        Vector("angle brackets", "<.>"), Vector("a mark of byte order alone", bytes: [0xef, 0xbb, 0xbf]),
        Vector("half a mark of byte order", bytes: [0xef, 0xbb, 0x7b, 0x7d]),
        Vector("a bad byte as a number", bytes: [0x5b, 0xe5, 0x5d]), Vector("a bad byte behind a number", bytes: [0x5b, 0x31, 0xe5, 0x5d]),
        Vector("a bad byte in an exponent", bytes: [0x5b, 0x31, 0x65, 0x31, 0xe5, 0x5d]),
        Vector("100 000 arrays that do not end", String(repeating: "[", count: 100_000)),
        Vector("100 000 objects that do not end", String(repeating: "[{\"\":", count: 50_000)),
    ]

    @Test(arguments: refused) func isRefused(_ vector: Vector) {
        #expect(refusal(of: vector.bytes) != nil)
    }

    // MARK: May be read or refused: the choices

    private static let number = JSONError.malformed(reason: "a number is malformed or does not fit into 64 bits")
    private static let encoding = JSONError.malformed(reason: "not UTF-8")
    private static let document = JSONError.malformed(reason: "not a JSON document")

    /// Each with the error that is chosen.
    static let refusedByChoice: [(vector: Vector, error: JSONError)] = [
        // RFC 8259 section 6: numbers that would be rounded to something else.
        (Vector("an exponent too large", "[1.5e+9999]"), number),
        (Vector("a negative number with an exponent too large", "[-1e+9999]"), number),
        (Vector("an exponent that overflows itself", "[0.4e00669999999999999999999999999999999]"), number),
        (Vector("an integer beyond UInt64", "[100000000000000000000]"), number),
        (Vector("a negative integer beyond Int64", "[-9223372036854775809]"), number),
        (Vector("an integer of 400 digits", "[" + String(repeating: "9", count: 400) + "]"), number),
        // Section 8.2: surrogates without their other half.
        (Vector("the first half alone", #"["\uD800"]"#), document), (Vector("the second half alone", #"["\uDFAA"]"#), document),
        (Vector("halves in the wrong order", #"["\uDd1e\uD834"]"#), document),
        (Vector("two first halves", #"["\uD800\uD800"]"#), document), (Vector("a first half and a newline", #"["\uD800\n"]"#), document),
        (Vector("a first half and a letter", #"["\uD83Dabc"]"#), document),
        (Vector("a half in a key", #"{"\uDFAA":0}"#), document),
        // Section 8.1: UTF-8 and nothing else.
        (.text("a surrogate in UTF-8", [0xed, 0xa0, 0x80]), encoding), (.text("an overlong form of two bytes", [0xc0, 0xaf]), encoding),
        (.text("an overlong form of three bytes", [0xe0, 0x80, 0xaf]), encoding),
        (.text("an overlong form of six bytes", [0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf]), encoding),
        (.text("an overlong NUL", [0xc0, 0x80]), encoding), (.text("beyond the last character", [0xf4, 0xbf, 0xbf, 0xbf]), encoding),
        (.text("a byte that UTF-8 has not", [0xff]), encoding), (.text("a continuation alone", [0x81]), encoding),
        (.text("a character cut off", [0xe0, 0xff]), encoding), (.text("Latin-1", [0xe9]), encoding),
        (Vector("UTF-16, little end first", bytes: [0xff, 0xfe, 0x5b, 0, 0x5d, 0]), encoding),
        (Vector("UTF-16, big end first", bytes: [0, 0x5b, 0, 0x5d, 0xd8, 0x34]), encoding),
        // Section 8.1: a mark of byte order may be ignored or be an error.
        (Vector("a mark of byte order before an object", bytes: [0xef, 0xbb, 0xbf, 0x7b, 0x7d]), .malformed(reason: "no JSON value")),
        // Section 4: names that are not unique.
        (Vector("a name twice", #"{"a":"b","a":"c"}"#), .duplicateName(pointer: "/a")),
        (Vector("a member twice", #"{"a":"b","a":"b"}"#), .duplicateName(pointer: "/a")),
        (Vector("a name twice, once escaped", #"{"a":1,"\u0061":2}"#), .duplicateName(pointer: "/a")),
        // Section 9: limits of size and depth.
        (Vector("500 arrays in each other", String(repeating: "[", count: 500) + String(repeating: "]", count: 500)), .tooDeep(limit: 64)),
        (Vector("65 arrays in each other", String(repeating: "[", count: 65) + String(repeating: "]", count: 65)), .tooDeep(limit: 64)),
        (Vector("more than 1 MiB", "\"" + String(repeating: "x", count: 1_048_575) + "\""), .tooLarge(limit: 1_048_576)),
    ]

    @Test(arguments: refusedByChoice) func isRefusedByChoice(_ row: (vector: Vector, error: JSONError)) {
        #expect(refusal(of: row.vector.bytes) == row.error)
    }

    /// Each with what it is read as.
    static let readByChoice: [(vector: Vector, value: TestValue)] = [
        // Section 6: what is nearest to the number; an integer is exact or refused.
        (Vector("closer to zero than any double", "123.456e-789"), .double(0)),
        (Vector("closer to zero, negative", "-1e-400"), .double((-0.0 as Double).bitPattern)),
        (Vector("more digits than a double has", "0.1000000000000000055511151231257827"), .double(0.1.bitPattern)),
        (Vector("a whole number with an exponent", "1e2"), .double(100.0.bitPattern)),
        (Vector("a whole number with a fraction", "1.0"), .double(1.0.bitPattern)),
        (Vector("a large number with a fraction", "18446744073709551616.0"), .double(18_446_744_073_709_551_616.0.bitPattern)),
        (Vector("an integer that a double cannot hold", "9007199254740993"), .integer(9_007_199_254_740_993)),
        (Vector("the largest integer", "18446744073709551615"), .unsigned(.max)),
        (Vector("the smallest integer", "-9223372036854775808"), .integer(.min)), (Vector("a negative zero", "-0"), .integer(0)),
        (Vector("a negative zero with a fraction", "-0.0"), .double((-0.0 as Double).bitPattern)),
        // Section 7: a NUL and noncharacters are characters like others.
        (Vector("a NUL, escaped", #""\u0000""#), .text([0])), (Vector("a noncharacter, escaped", #""\uFFFF""#), .text([0xef, 0xbf, 0xbf])),
        (Vector("a noncharacter", bytes: [0x22, 0xef, 0xb7, 0x90, 0x22]), .text([0xef, 0xb7, 0x90])),
        (Vector("a mark of byte order in a text", "\"\u{feff}\""), .text([0xef, 0xbb, 0xbf])),
        // Section 8.3: texts are compared by their bytes once escapes are read; nothing is normalized.
        (
            Vector("one name in two normal forms", #"{"\u00e9":1,"e\u0301":2}"#),
            .object([.init(name: [0xc3, 0xa9], value: .integer(1)), .init(name: [0x65, 0xcc, 0x81], value: .integer(2))])
        ),
        (Vector("a text that is not normalized", "\"e\u{301}\""), .text([0x65, 0xcc, 0x81])),
        // Section 4: the order of members is kept. Section 9: the limits themselves are allowed.
        (
            Vector("members not in order", #"{"b":1,"a":2}"#),
            .object([.init(name: [0x62], value: .integer(1)), .init(name: [0x61], value: .integer(2))])
        ),
        (
            Vector("64 arrays in each other", String(repeating: "[", count: 64) + String(repeating: "]", count: 64)),
            (0..<63).reduce(TestValue.array([])) { inner, _ in .array([inner]) }
        ),
    ]

    @Test(arguments: readByChoice) func isReadByChoice(_ row: (vector: Vector, value: TestValue)) throws {
        #expect(TestValue(try JSONValue.parse(row.vector.bytes)) == row.value)
    }
}
