import Federation
import JSON
import Testing

@testable import Reileta

@Suite struct ForeignShapeTests {
    private static let user =
        #"{"id":"u_1","username":"robin","display":"Robin","tags":["x"],"server":"elsewhere","external":false,"more":{"a":[1,2.5,null,true]}}"#

    private func passed(_ text: String, _ shape: ForeignShape, id: String? = nil) throws -> String {
        String(decoding: try shape.passed(JSONValue.parse(Array(text.utf8)), from: "b.example", id: id), as: UTF8.self)
    }

    @Test func anObjectSaysWhereItIsFrom() throws {
        let expected =
            #"{"id":"u_1","username":"robin","display":"Robin","tags":["x"],"more":{"a":[1,2.5,null,true]},"server":"b.example","external":true}"#
        #expect(try passed(Self.user, .user) == expected)
        #expect(try passed(Self.user, .user, id: "u_1") == expected)
    }

    @Test(
        arguments: [
            "7", "[]", "{}", #"{"id":"w_1","username":"a","display":"b"}"#, #"{"id":7,"username":"a","display":"b"}"#,
            #"{"id":"u_1","display":"b"}"#,
            #"{"id":"u_1","username":"a","display":"b","tags":"avr:admin"}"#, #"{"id":"u_1","username":"a","display":"b","tags":[7]}"#,
            #"{"id":"u_1","username":"a","display":"b","thumbnail":null}"#, #"{"id":"u_1","username":"a","display":"b","server":{}}"#,
        ]) func whatHasAnotherShapeIsNotPassedOn(_ text: String)
    {
        #expect(throws: PeerFailure.self) { try passed(text, .user) }
    }

    @Test func anotherObjectIsNotPassedOn() {
        #expect(throws: PeerFailure.badStructure(reason: "another user")) { try passed(Self.user, .user, id: "u_2") }
    }

    /// Both names of the list, whichever the other server knows; also the bare list of the first servers.
    @Test(arguments: ["[\(user)]", "{\"users\":[\(user)]}", "{\"items\":[\(user)],\"users\":[]}"]) func listsAreToldAlike(_ text: String)
        throws
    {
        let object = try JSONValue.parse(Array(try passed(text, .list(.user)).utf8)).object()
        #expect(object.members.map(\.name) == ["total", "limit", "offset", "items", "users"])
        for name in ["items", "users"] { #expect(try object.required(name).array().count == 1) }
    }

    @Test(arguments: ["7", "{}", "[7]", "[[]]", #"{"items":7}"#, #"{"items":[],"total":"many"}"#]) func whatIsNoListIsNone(_ text: String) {
        #expect(throws: PeerFailure.self) { try passed(text, .list(.user)) }
    }

    @Test func aPlaceInAQueueIsPassedOnAsItIs() throws {
        #expect(try passed(#"{"total":3,"position":2}"#, .either(.candidate)) == #"{"total":3,"position":2}"#)
    }
}
