import JSON
import Testing

/// A value is what it is: nothing is converted, and every error says where.
struct JSONAccessTests {
    enum Access: CaseIterable {
        case string, integer, unsigned, double, bool, array, object

        func read(_ value: JSONValue) throws(JSONError) {
            switch self {
            case .string: _ = try value.string()
            case .integer: _ = try value.integer()
            case .unsigned: _ = try value.unsigned()
            case .double: _ = try value.double()
            case .bool: _ = try value.bool()
            case .array: _ = try value.array()
            case .object: _ = try value.object()
            }
        }

        var expected: JSONValue.Kind {
            switch self {
            case .string: .string
            case .integer, .unsigned: .integer
            case .double: .double
            case .bool: .bool
            case .array: .array
            case .object: .object
            }
        }

        /// What is read without an error; `unsigned` values are integers that may not fit.
        var readable: [JSONValue.Kind] {
            switch self {
            case .integer: [.integer]
            case .unsigned: [.integer, .unsigned]
            case .double: [.integer, .unsigned, .double]
            default: [expected]
            }
        }
    }

    static let texts = ["null", "true", "1", "9223372036854775808", "1.0", "\"1\"", "[]", "{}", "[1]", "\"\"", "\"true\"", "\"null\""]

    @Test(arguments: Access.allCases, texts) func onlyTheRightKindIsRead(_ access: Access, _ text: String) throws {
        let value = try #require(try read(#"{"list":[0,{"value":\#(text)}]}"#).object().required("list").array()[1].object()["value"])
        var error: JSONError?
        do throws(JSONError) { try access.read(value) } catch let thrown { error = thrown }
        if access.readable.contains(value.kind) {
            #expect(error == nil)
        } else if access == .integer, value.kind == .unsigned {
            #expect(error == .outOfRange(pointer: "/list/1/value"))
        } else {
            #expect(error == .wrongType(pointer: "/list/1/value", expected: access.expected, found: value.kind))
        }
    }

    /// Absent, null and there are three things.
    @Test(
        arguments: [
            ("{}", false, false), (#"{"other":1}"#, false, false), (#"{"name":null}"#, true, false), (#"{"name":false}"#, true, true),
            (#"{"name":0}"#, true, true), (#"{"name":""}"#, true, true), (#"{"name":[]}"#, true, true), (#"{"name":{}}"#, true, true),
            (#"{"n\u0061me":1}"#, true, true), (#"{"Name":1}"#, false, false), (#"{"inner":{"name":1}}"#, false, false),
            (#"{"other":"name"}"#, false, false),
        ])
    func absentAndNullAreToldApart(_ text: String, _ isThere: Bool, _ hasValue: Bool) throws {
        let object = try read(text).object()
        #expect(object.contains("name") == isThere)
        #expect((object["name"] != nil) == isThere)
        #expect((object.optional("name") != nil) == hasValue)
        if isThere {
            #expect(try object.required("name").isNull == !hasValue)
        } else {
            #expect(throws: JSONError.missing(pointer: "/name")) { try object.required("name") }
        }
    }

    @Test func aNullThatMustBeAValueIsOfTheWrongType() throws {
        let object = try read(#"{"name":null}"#).object()
        #expect(throws: JSONError.wrongType(pointer: "/name", expected: .string, found: .null)) { try object.required("name").string() }
    }

    /// Names are compared byte for byte, as when duplicates are looked for.
    @Test func namesThatLookAlikeAreDifferent() throws {
        let object = try read(#"{"\u00e9":1,"e\u0301":2,"":3,"a\u0000":4,"a":5}"#).object()
        #expect(try object.required("\u{e9}").integer() == 1)
        #expect(try object.required("e\u{301}").integer() == 2)
        #expect(try object.required("").integer() == 3)
        #expect(try object.required("a\u{0}").integer() == 4)
        #expect(try object.required("a").integer() == 5)
    }
}
