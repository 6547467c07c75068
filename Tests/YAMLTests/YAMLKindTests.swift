import Testing

@testable import YAML

/// YAML 1.2.2, 10.3.2: what a plain scalar is; in quotes it is a string.
struct YAMLKindTests {
    private func parse(_ text: String) throws -> YAMLNode {
        try YAMLReader.parse(Array("- \(text)".utf8)).items?.first ?? YAMLNode(content: .null, line: 0)
    }

    @Test(arguments: ["~", "null", "Null", "NULL", ""]) func nulls(_ text: String) throws {
        #expect(try parse(text).kind == .null)
    }

    @Test(arguments: [
        ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("FALSE", false),
    ])
    func booleans(_ text: String, _ value: Bool) throws {
        let node = try parse(text)
        #expect(node.kind == .boolean)
        #expect(node.boolean == value)
        #expect(node.string == nil && node.integer == nil)
        #expect(node.text == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("+5", 5), ("-19", -19), ("012", 12), ("0o14", 12), ("0x1F", 31), ("0xff", 255),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("0xFFFFFFFFFFFFFFFF", nil),
        ] as [(String, Int64?)])
    func integers(_ text: String, _ value: Int64?) throws {
        let node = try parse(text)
        #expect(node.kind == .integer)
        #expect(node.integer == value)
        #expect(node.string == nil && node.boolean == nil)
    }

    @Test(arguments: [
        "1.5", "1.", ".5", "-.5", "+1.0", "1e3", "1E+3", "1.5e-3", ".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN", "0.0",
    ])
    func floats(_ text: String) throws {
        let node = try parse(text)
        #expect(node.kind == .float)
        #expect(node.string == nil && node.integer == nil)
    }

    @Test(
        arguments: [
            "yes", "no", "on", "off", "tRUE", "y", "1_000", "1:30", "0x", "0o", "0o8", "0xg", "-0x1F", "0b1", "1e", "1e+", "e3", ".", "-",
            "+",
            "-.", "1.2.3", ".e3", ".iNF", "-.nan", "2026-11-26", "1 2", "٣",
        ])
    func otherPlainTextsAreStrings(_ text: String) throws {
        let node = text == "-" ? YAMLNode(content: .scalar(text, isPlain: true), line: 1) : try parse(text)
        #expect(node.kind == .string)
        #expect(node.string == text)
        #expect(node.integer == nil && node.boolean == nil)
    }

    @Test(arguments: ["'123'", "\"true\"", "'~'", "\"1.5\"", "|-\n    123", ">-\n    true", "''"])
    func quotedAndBlockTextsAreStrings(_ text: String) throws {
        let node = try parse(text)
        #expect(node.kind == .string)
        #expect(node.string == node.text)
        #expect(node.integer == nil && node.boolean == nil)
    }

    @Test func listsAndMappings() throws {
        let list = try parse("[a, b]")
        #expect(list.kind == .sequence)
        #expect(list.items?.map(\.text) == ["a", "b"])
        #expect(list["a"] == nil)
        let mapping = try parse("{a: b}")
        #expect(mapping.kind == .mapping)
        #expect(mapping["a"]?.text == "b" && mapping["b"] == nil)
        #expect(mapping.items == nil && mapping.string == nil && mapping.integer == nil && mapping.boolean == nil)
    }

    /// A text that the program makes is what it says, whatever it looks like.
    @Test func aMadeScalarIsAString() {
        #expect(YAMLNode(content: .scalar("123"), line: 1).kind == .string)
    }

    @Test func kindsHaveTheirArticles() {
        let kinds: [YAMLKind] = [.null, .boolean, .integer, .float, .string, .sequence, .mapping]
        #expect(kinds.map(\.description) == ["null", "a boolean", "an integer", "a float", "a string", "a list", "a mapping"])
    }
}
