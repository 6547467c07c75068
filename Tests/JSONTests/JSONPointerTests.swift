import JSON
import Testing

/// RFC 6901.
struct JSONPointerTests {
    /// The document of RFC 6901 section 5.
    static let example =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

    @Test func theExamplesOfTheRFCHaveTheirPointers() throws {
        let document = try read(Self.example)
        #expect(document.pointer == "")
        let members = try document.object().members
        #expect(members.map(\.value.pointer) == ["/foo", "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n"])
        #expect(try members[0].value.array().map(\.pointer) == ["/foo/0", "/foo/1"])
    }

    /// Section 3: escapes are of code points, whatever a person sees as one character.
    @Test(
        arguments: [
            ("~1", "/~01"), ("~0", "/~00"), ("~~//", "/~0~0~1~1"), ("/", "/~1"), ("~", "/~0"), ("", "/"), ("0", "/0"), ("-", "/-"),
            ("é", "/é"),
            ("🐓", "/🐓"), ("~\u{301}", "/~0\u{301}"), ("/\u{301}", "/~1\u{301}"), ("/\u{fe0f}~\u{200d}", "/~1\u{fe0f}~0\u{200d}"),
            ("a\r\n/", "/a\r\n~1"),
        ])
    func namesAreEscaped(_ name: String, _ pointer: String) throws {
        var writer = JSONWriter()
        writer.object {
            $0.key(name)
            $0.object { _ in }
        }
        let object = try JSONValue.parse(writer.bytes).object()
        let value = try object.required(name)
        #expect(Array(value.pointer.utf8) == Array(pointer.utf8))
        #expect(throws: JSONError.wrongType(pointer: pointer, expected: .bool, found: .object)) { try value.bool() }
        #expect(throws: JSONError.missing(pointer: pointer + pointer)) { try value.object().required(name) }
    }

    @Test func aMissingMemberIsNamedWhereItShouldBe() throws {
        let document = try read(#"{"a":[{},{"b":{"c":1}}]}"#)
        let elements = try document.object().required("a").array()
        #expect(throws: JSONError.missing(pointer: "/x")) { try document.object().required("x") }
        #expect(throws: JSONError.missing(pointer: "/a/0/x")) { try elements[0].object().required("x") }
        #expect(throws: JSONError.missing(pointer: "/a/1/b/x~1y")) { try elements[1].object().required("b").object().required("x/y") }
    }

    @Test func theNumberOfAnElementCountsEveryKind() throws {
        let values = try read(#"[null,true,1,9223372036854775808,1.5,"a",[1,2],{"a":1,"b":[2]},[],{},"end"]"#).array()
        #expect(values.map(\.pointer) == (0...10).map { "/\($0)" })
        #expect(try values[6].array().map(\.pointer) == ["/6/0", "/6/1"])
        #expect(try values[7].object().required("b").array().map(\.pointer) == ["/7/b/0"])
        #expect(throws: JSONError.wrongType(pointer: "/10", expected: .integer, found: .string)) { try values[10].integer() }
    }
}
