import Community
import JSON
import Testing

@testable import Reileta

@Suite("Members of a request")
struct RequestFormTests {
    private static func form(_ text: String) throws -> RequestForm { try RequestForm(Array(text.utf8)) }

    private static let failure = Failure(.worldInvalidInput)

    /// Clients that cannot leave members out send these.
    @Test("that are empty, 0 or null say nothing", arguments: [#"{"a":"","n":0,"l":[]}"#, #"{"a":null,"n":null}"#, "{}", ""])
    func nothing(_ text: String) throws {
        var form = try Self.form(text)
        #expect(form.text("a") == nil && form.integer("n") == nil && form.texts("l") == nil && form.flag("f") == nil)
        try form.check(.worldInvalidInput)
    }

    @Test("that say something are read")
    func something() throws {
        var form = try Self.form(#"{"a":"x","n":-3,"l":["x",""],"f":false}"#)
        #expect(form.text("a") == "x" && form.integer("n") == -3 && form.texts("l") == ["x", ""] && form.flag("f") == false)
        try form.check(.worldInvalidInput)
    }

    @Test("are removed by null, and kept by an empty text")
    func change() throws {
        var form = try Self.form(#"{"gone":null,"kept":"","new":"x"}"#)
        let changes = ["gone", "kept", "new", "absent"].map { form.change($0) }
        #expect(changes == [.set(nil), .keep, .set("x"), .keep])
        #expect(form.isNull("gone") && !form.isNull("kept") && !form.isNull("absent"))
    }

    @Test("are emptied by null where they are lists")
    func emptied() throws {
        var form = try Self.form(#"{"l":null}"#)
        #expect(form.texts("l") == [])
    }

    @Test("have several names, of which the first that says something counts")
    func names() throws {
        var form = try Self.form(#"{"identity":"c","identifier":"b","username":""}"#)
        #expect(form.text("username", "identifier", "identity") == "b")
    }

    @Test(
        "of another type are refused with their name",
        arguments: [
            (#"{"a":1}"#, "a: Must be a string."), (#"{"n":"1"}"#, "n: Must be a whole number."),
            (#"{"n":1.5}"#, "n: Must be a whole number."), (#"{"l":"x"}"#, "l: Must be a list of strings."),
            (#"{"l":["x",1]}"#, "l: Must be a list of strings."), (#"{"f":1}"#, "f: Must be true or false."),
        ])
    func types(_ text: String, _ detail: String) throws {
        var form = try Self.form(text)
        _ = (form.text("a"), form.integer("n"), form.texts("l"), form.flag("f"))
        #expect(throws: Failure(.worldInvalidInput, detail)) { try form.check(.worldInvalidInput) }
    }

    @Test("that must be there are missed once")
    func required() throws {
        var form = try Self.form(#"{"a":"x","b":""}"#)
        #expect(form.required("a") == "x" && form.required("b", "c") == "")
        #expect(throws: Failure(.authInvalidInput, "b: Is missing.")) { try form.check(.authInvalidInput) }
    }

    @Test("come in one object", arguments: ["[]", "{", "1", #""a""#])
    func noObject(_ text: String) {
        #expect(throws: JSONError.self) { try Self.form(text) }
    }
}
