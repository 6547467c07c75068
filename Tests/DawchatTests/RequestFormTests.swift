import JSON
import Testing

@testable import Dawchat

/// contracts/dawchat.md 1, "Input tolerance": the members of a body, and what is said of those that are wrong.
struct RequestFormTests {
    private static let form =
        #"{"text":"a","empty":"","number":7,"digits":"8","nothing":null,"list":["a","b"],"ids":[1,"2",3],"mixed":["1",{}],"flag":true}"#

    private static func detail(_ body: (RequestForm) throws -> Void) throws -> String? {
        let form = try Forms.make(form)
        let found = problem { try body(form) }
        #expect(found == nil || found?.kind.code == "InvalidRequestParameters")
        return found?.detail
    }

    @Test func `texts are taken as they are`() throws {
        let form = try Forms.make(Self.form)
        #expect(try form.text("text") == "a" && form.text("empty").isEmpty && form.text("digits") == "8")
        #expect(try Self.detail { _ = try $0.text("missing") } == "missing is missing.")
        #expect(try Self.detail { _ = try $0.text("nothing") } == "nothing is missing.")
        #expect(try Self.detail { _ = try $0.text("number") } == "number: must be a string.")
    }

    @Test func `ids are whole numbers, and null is as good as absent`() throws {
        let form = try Forms.make(Self.form)
        #expect(try form.identifier("number") == 7 && form.identifier("digits") == 8)
        #expect(try form.optionalIdentifier("missing") == nil && form.optionalIdentifier("nothing") == nil)
        #expect(try form.optionalIdentifier("digits") == 8)
        #expect(try Self.detail { _ = try $0.identifier("nothing") } == "nothing is missing.")
        for name in ["text", "empty", "flag", "list"] {
            #expect(try Self.detail { _ = try $0.identifier(name) } == "\(name): must be a whole number from 1 to 2^53 - 1.")
            #expect(try Self.detail { _ = try $0.optionalIdentifier(name) } != nil)
        }
    }

    @Test func `a count begins with 0 and has no end`() throws {
        let form = try Forms.make(
            #"{"zero":0,"digits":"0","large":9223372036854775807,"minus":-1,"half":0.5,"too large":9223372036854775808}"#)
        #expect(try form.optionalCount("zero") == 0 && form.optionalCount("digits") == 0 && form.optionalCount("missing") == nil)
        #expect(try form.optionalCount("large") == .max)
        for name in ["minus", "half", "too large"] {
            #expect(problem { _ = try form.optionalCount(name) }?.detail == "\(name): must be a whole number from 0.")
        }
    }

    @Test func `lists hold one kind of thing`() throws {
        let form = try Forms.make(Self.form)
        #expect(try form.texts("list") == ["a", "b"])
        #expect(try form.identifiers("ids") == [1, 2, 3])
        #expect(try form.optionalList("missing") == nil && form.optionalList("nothing") == nil)
        #expect(try Self.detail { _ = try $0.list("nothing") } == "nothing is missing.")
        #expect(try Self.detail { _ = try $0.texts("text") } == "text: must be a list.")
        #expect(try Self.detail { _ = try $0.texts("ids") } == "ids: each entry is a string.")
        #expect(try Self.detail { _ = try $0.identifiers("mixed") } == "mixed: must be a whole number from 1 to 2^53 - 1.")
    }

    @Test func `lists are bounded`() throws {
        func list(of count: Int) throws -> RequestForm {
            try Forms.make(#"{"toRemove":["# + repeatElement("1", count: count).joined(separator: ",") + "]}")
        }
        #expect(try list(of: 500).identifiers("toRemove").count == 500)
        let longer = try list(of: 501)
        #expect(problem { _ = try longer.identifiers("toRemove") }?.detail == "toRemove: has at most 500 entries.")
        #expect(problem { _ = try longer.list("toRemove", atMost: 50) }?.detail == "toRemove: has at most 50 entries.")
    }

    @Test(arguments: ["[]", "1", "null", #""text""#]) func `an entry of a list is an object`(json: String) throws {
        #expect(problem { _ = try Forms.make(json) }?.detail == "load: each entry is an object.")
    }
}
