import Testing

@testable import YAML

/// YAML 1.1 as libyaml reads it, without what is refused here.
struct YAMLReaderTests {
    private func parse(_ text: String) throws -> YAMLNode {
        try YAMLReader.parse(Array(text.utf8))
    }

    private func failure(_ bytes: [UInt8]) -> YAMLReader.Failure? {
        do throws(YAMLReader.Failure) {
            _ = try YAMLReader.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyValueKnowsItsLine() throws {
        let node = try parse("# a comment\na: x\n\nb:\n  - y\n  - [z, '1']\nc: {d: \"\\u00e9\"}\n")
        let expected = YAMLNode(
            content: .mapping([
                .init(key: "a", line: 2, value: YAMLNode(content: .scalar("x", isPlain: true), line: 2)),
                .init(
                    key: "b", line: 4,
                    value: YAMLNode(
                        content: .sequence([
                            YAMLNode(content: .scalar("y", isPlain: true), line: 5),
                            YAMLNode(
                                content: .sequence([
                                    YAMLNode(content: .scalar("z", isPlain: true), line: 6), YAMLNode(content: .scalar("1"), line: 6),
                                ]), line: 6),
                        ]), line: 5)),
                .init(
                    key: "c", line: 7,
                    value: YAMLNode(
                        content: .mapping([.init(key: "d", line: 7, value: YAMLNode(content: .scalar("é"), line: 7))]), line: 7)),
            ]), line: 2)
        #expect(node == expected)
    }

    @Test(arguments: ["", " ", "\n\n", "# comment", "---", "---\n...\n", "~", "null", "Null", "NULL"]) func nothingIsNull(_ text: String)
        throws
    {
        #expect(try parse(text).content == .null)
    }

    @Test(arguments: [
        ("''", ""), ("\"\"", ""), ("'~'", "~"), ("\"null\"", "null"), ("|\n  null\n", "null\n"), (">\n  ~\n", "~\n"),
    ])
    func quotedNothingIsAText(_ text: String, _ expected: String) throws {
        #expect(try parse(text).content == .scalar(expected))
    }

    @Test(arguments: ["nULL", "none", "nil"]) func otherWordsAreNotNull(_ text: String) throws {
        #expect(try parse(text).content == .scalar(text, isPlain: true))
    }

    @Test func scalarsKeepTheirText() throws {
        for text in ["012", "1_000", "0x1F", "yes", "1.50", "2026-11-24", "a b", "https://a:1/b"] {
            #expect(try parse(text).text == text)
        }
        #expect(try parse("[a]").text == nil)
        #expect(try parse("{a: b}").text == nil)
        #expect(try parse("").text == nil)
    }

    /// What is refused, where, and how that is told.
    @Test(
        arguments: [
            ("a: &x y\n", 1, "anchors and tags are not read"), ("a:\n  b: !!str y\n", 2, "anchors and tags are not read"),
            ("a: &x [y]\n", 1, "anchors and tags are not read"), ("a: !t {b: c}\n", 1, "anchors and tags are not read"),
            ("--- !t\na: b\n", 1, "anchors and tags are not read"), ("a: x\nb: *x\n", 2, "aliases are not read"),
            ("a: b\n---\nc: d\n", 2, "only one document is read"), ("a: b\nc: d\na: e\n", 3, "a stands here twice"),
            ("[a]: b\n", 1, "a key is a word"), ("? {a: b}\n: c\n", 1, "a key is a word"), ("~: b\n", 1, "a key is a word"),
        ]) func whatNothingNeedsIsRefused(_ text: String, _ line: Int, _ reason: String)
    {
        #expect(failure(Array(text.utf8)) == YAMLReader.Failure(line: line, reason: reason))
    }

    @Test(arguments: ["a: [", "a: 'b", "a: b\n c: d", "a: {b: c", "\ta: b", "a: \"\\q\"", "- a\nb: c"]) func whatIsNotYAMLIsRefused(
        _ text: String
    ) throws {
        let failure = try #require(self.failure(Array(text.utf8)))
        #expect((1...2).contains(failure.line))
        #expect(!failure.reason.isEmpty)
    }

    /// libyaml tells the place of such bytes otherwise than that of other mistakes.
    @Test(arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x00], [0x1B]] as [[UInt8]]) func bytesThatAreNoTextAreRefused(
        _ bytes: [UInt8]
    ) {
        #expect(failure(Array("a: b\nc: ".utf8) + bytes + Array("\nd: e\n".utf8))?.line == 2)
    }

    /// DESIGN 1.5: everything has a limit. libyaml takes the square of the depth in time, so it must be stopped at the limit and not at the end.
    @Test(.timeLimit(.minutes(1))) func aDeepDocumentIsRefused() {
        let depth = YAMLReader.depthLimit
        #expect(failure(Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)) == nil)
        let deeper = String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1)
        #expect(failure(Array(deeper.utf8)) == YAMLReader.Failure(line: 1, reason: "more than 16 levels"))
        let deepest = [UInt8](repeating: UInt8(ascii: "["), count: YAMLReader.byteLimit)
        #expect(failure(deepest) == YAMLReader.Failure(line: 1, reason: "more than 16 levels"))
    }

    @Test func aLongDocumentIsRefused() {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLReader.byteLimit)
        #expect(failure(comment) == nil)
        #expect(failure(comment + [0x0A]) == YAMLReader.Failure(line: 1, reason: "a document has at most 1048576 bytes"))
    }

    @Test func theCallerSaysHowMuchAndWhatItIs() {
        let limits = YAMLLimits(bytes: 8, depth: 2)
        #expect(throws: Never.self) { try YAMLReader.parse(Array("[[1234]]".utf8), limits: limits) }
        #expect(throws: YAMLReader.Failure(line: 1, reason: "a manifest has at most 8 bytes")) {
            try YAMLReader.parse(Array("[[12345]]".utf8), as: "a manifest", limits: limits)
        }
        #expect(throws: YAMLReader.Failure(line: 1, reason: "more than 2 levels")) {
            try YAMLReader.parse(Array("[[[1]]]".utf8), limits: limits)
        }
    }

    @Test func jsonIsRead() throws {
        let node = try parse(#"{"a":[1,"2",true,null,1.5e3],"b":{"c":"\u00e9\/\"\n"}}"#)
        #expect(node["a"]?.items?.map(\.kind) == [.integer, .string, .boolean, .null, .float])
        #expect(node["b"]?["c"]?.string == "é/\"\n")
    }
}
