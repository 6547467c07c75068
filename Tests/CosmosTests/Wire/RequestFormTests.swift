import Community
import JSON
import Testing

@testable import Cosmos

/// contracts/cosmos.md 2: the members of a body, and what is said of those that are wrong.
struct RequestFormTests {
    private static func form(_ json: String) throws -> RequestForm { try RequestForm(Array(json.utf8)) }

    @Test func `absent and null mean the same`() throws {
        var form = try Self.form(#"{"topic":null}"#)
        #expect(form.optionalText("topic") == nil && form.optionalText("name") == nil)
        #expect(form.optionalInteger("topic") == nil && form.optionalFlag("topic") == nil && form.optionalIdentifier("topic") == nil)
        #expect(form.optionalTexts("topic", atMost: 1) == nil && form.errors.isEmpty)
        #expect(form.change("topic") == .set(nil) && form.change("name") == .keep)
        #expect(form.text("topic").isEmpty)
        #expect(form.errors == [InvalidMember(path: "/topic", reason: "Is missing.")])
    }

    @Test func `all that is wrong is said at once, by pointers`() throws {
        var form = try Self.form(#"{"id":1,"data":{"userId":"a b"},"type":"0"}"#)
        _ = form.identifier("id")
        _ = form.text("name")
        _ = form.integer("type")
        #expect(form.errors.map(\.path) == ["/id", "/name", "/type"])
        #expect(throws: Problem.self) { try form.finish() }
        var data = form.form("data")
        _ = data?.identifier("userId")
        #expect(data?.errors.map(\.path) == ["/data/userId"])
        #expect(form.form("type") == nil && form.errors.last?.reason == "Must be an object.")
    }

    /// "JSON integers 0..2147483647. Reject negative, fractional, exponent-form, boolean."
    @Test(arguments: ["-1", "0.0", "1.0", "0.5", "1e0", "1E2", "2147483648", "18446744073709551615", "true", "false", #""1""#, "[]", "{}"])
    func `whole numbers are nothing else`(value: String) throws {
        var form = try Self.form(#"{"type":\#(value)}"#)
        _ = form.integer("type")
        #expect(form.errors == [InvalidMember(path: "/type", reason: "Must be a whole number from 0 to 2147483647.")])
    }

    @Test(arguments: [("0", 0), ("4", 4), ("2147483647", 2_147_483_647)] as [(String, Int64)])
    func `whole numbers have their range`(value: String, number: Int64) throws {
        var form = try Self.form(#"{"type":\#(value)}"#)
        #expect(form.integer("type") == number && form.errors.isEmpty)
    }

    /// "For permissions also accept a decimal string on input (Discord libraries send strings)".
    @Test func `permissions may be decimal strings`() throws {
        var form = try Self.form(#"{"a":"1024","b":"2147483647","c":"0","d":1024}"#)
        #expect(["a", "b", "c", "d"].map { form.optionalInteger($0, allowsText: true) } == [1_024, 2_147_483_647, 0, 1_024])
        #expect(form.errors.isEmpty)
        for text in ["", "01", "+1", "-1", "1.0", "1e3", " 1", "2147483648", "9223372036854775808", "0x10", "a", "\u{661}"] {
            var form = try Self.form(#"{"a":"\#(text)"}"#)
            #expect(form.optionalInteger("a", allowsText: true) == nil && form.errors.count == 1, "\(text)")
        }
    }

    /// "Any id is an opaque string, 1..64 characters of [A-Za-z0-9_-]".
    @Test func `ids are opaque and of few characters`() throws {
        for id in ["a", "A-z_0", String(repeating: "x", count: 64)] {
            var form = try Self.form(#"{"id":"\#(id)"}"#)
            #expect(form.identifier("id") == id && form.optionalIdentifier("id") == id && form.errors.isEmpty)
        }
        for id in ["", " a", "a/b", "a.b", "\u{e4}", "a\\u0000", String(repeating: "x", count: 65)] {
            var form = try Self.form(#"{"id":"\#(id)"}"#)
            _ = form.identifier("id")
            #expect(form.errors == [InvalidMember(path: "/id", reason: "Must be 1 to 64 of A-Z a-z 0-9 - _.")], "\(id)")
        }
    }

    @Test func `lists hold texts only and end somewhere`() throws {
        var form = try Self.form(#"{"list":["a","b"],"mixed":["a",1],"text":"a"}"#)
        #expect(form.optionalTexts("list", atMost: 2) == ["a", "b"] && form.errors.isEmpty)
        #expect(form.optionalTexts("list", atMost: 1) == nil && form.optionalTexts("mixed", atMost: 2) == nil)
        #expect(form.optionalTexts("text", atMost: 2) == nil && form.errors.map(\.path) == ["/list", "/mixed", "/text"])
    }

    /// "UTF-8, object at top … Duplicate member names: rejecting is preferred".
    @Test(arguments: ["", "[]", "1", "null", #""text""#, "{", "{}{}", #"{"a":1,}"#, #"{"id":"g1","id":"g2"}"#, "{\"a\":\"\u{1}\"}"])
    func `a body is one object without repetitions`(json: String) {
        #expect(throws: JSONError.self) { try Self.form(json) }
    }

    @Test func `unknown members are ignored`() throws {
        var form = try Self.form(#"{"id":"g1","server":7,"later":{"deep":[1]}}"#)
        #expect(form.identifier("id") == "g1" && form.contains("later") && !form.contains("name"))
        try form.finish()
    }
}
