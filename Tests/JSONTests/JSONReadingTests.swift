import JSON
import Testing

/// What RFC 8259 allows is read.
struct JSONReadingTests {
    @Test(
        arguments: [
            ("null", .null), ("true", .bool), ("false", .bool), ("0", .integer), ("-1", .integer), ("1.5", .double), (#""""#, .string),
            ("[]", .array), ("{}", .object), (" \t\r\nnull\n", .null), ("[ ]", .array), ("{\t}", .object),
        ] as [(String, JSONValue.Kind)])
    func anyValueMayBeTheWholeDocument(_ text: String, _ kind: JSONValue.Kind) throws {
        let value = try read(text)
        #expect(value.kind == kind)
        #expect(value.isNull == (kind == .null))
        #expect(value.pointer == "")
    }

    @Test func trueAndFalseAreToldApart() throws {
        #expect(try read("[true,false]").array().map { try $0.bool() } == [true, false])
    }

    @Test(
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\udc13""#, "🐓"),
            (#""\uD83D\uDC13""#, "🐓"), (#""\u0000""#, "\u{0}"), (#""a\u0000b""#, "a\u{0}b"), (#""\uffff\ufeff""#, "\u{ffff}\u{feff}"),
            ("\"é€🐓\"", "é€🐓"), ("\"\u{7f}\u{85}\u{2028}\"", "\u{7f}\u{85}\u{2028}"), (#""\\u0041""#, #"\u0041"#),
            ("\"e\u{301}\"", "e\u{301}"),
        ])
    func escapesMeanTheirCharacters(_ text: String, _ meant: String) throws {
        #expect(Array(try read(text).string().utf8) == Array(meant.utf8))
    }

    /// The reader works in blocks of 64 bytes: texts and escapes lie across their edges.
    @Test func textsOfEveryLengthEndWhereTheyEnd() throws {
        for length in 0...200 {
            let text = String(repeating: "x", count: length)
            let values = try read(#"["\#(text)","\#(text)\"é\\","end"]"#).array()
            #expect(try values.map { try $0.string() } == [text, text + "\"é\\", "end"])
        }
    }

    @Test func membersKeepTheirOrder() throws {
        let names = (0..<100).map { "name \(($0 * 37) % 100)" }
        let text = "{" + names.map { "\"\($0)\":{\"inner\":[\"\($0)\"]}" }.joined(separator: ",") + "}"
        let object = try read(text).object()
        #expect(object.members.map(\.name) == names)
        for (name, value) in object.members {
            #expect(try value.object().required("inner").array().map { try $0.string() } == [name])
            #expect(try object[name]?.object().contains("inner") == true)
        }
    }

    @Test func elementsOfEveryKindFollowEachOther() throws {
        let text = #"[1,18446744073709551615,1.5,"a",null,true,[[],{}],{"a":[1,{"b":2}]},-1,"end"]"#
        let values = try read(text).array()
        #expect(values.map(\.kind) == [.integer, .unsigned, .double, .string, .null, .bool, .array, .object, .integer, .string])
        #expect(try values[6].array().map(\.kind) == [.array, .object])
        #expect(try values[7].object().members.map(\.name) == ["a"])
        #expect(try values.last?.string() == "end")
    }

    @Test func theBufferIsNotKept() throws {
        var bytes = Array(#"{"name":"Zoë"}"#.utf8)
        let value = try bytes.withUnsafeMutableBytes { buffer in
            let value = try JSONValue.parse(UnsafeRawBufferPointer(buffer))
            for index in buffer.indices { buffer[index] = 0x20 }
            return value
        }
        _ = try read(#"{"other":["document"]}"#)
        #expect(try value.object().required("name").string() == "Zoë")
    }

    @Test func manyTasksReadAtTheSameTime() async throws {
        try await withThrowingTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<200 {
                        let value = try read(
                            "{\"task\":\(task),\"list\":[\(Array(repeating: "\(round)", count: round).joined(separator: ","))]}")
                        await Task.yield()
                        #expect(try value.object().required("task").integer() == Int64(task))
                        #expect(try value.object().required("list").array().count == round)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
