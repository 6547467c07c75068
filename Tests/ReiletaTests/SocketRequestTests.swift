import JSON
import Testing

@testable import Reileta

@Suite("Requests on a socket")
struct SocketRequestTests {
    private static func request(_ text: String) throws -> SocketRequest? { try SocketRequest(Array(text.utf8)) }

    private static let states: [(String, SocketRequest.State, Bool)] = [
        (#"{"command":"ping"}"#, .absent, true), (#"{"command":"ping","state":null}"#, .null, true),
        (#"{"command":"ping","state":""}"#, .text(""), true), (#"{"command":"ping","state":"x"}"#, .text("x"), false),
        (#"{"command":"ping","state":0}"#, .number(0), false), (#"{"command":"ping","state":-7}"#, .number(-7), false),
    ]

    @Test("keep what the client calls them", arguments: states)
    func state(_ text: String, _ state: SocketRequest.State, _ isEmpty: Bool) throws {
        let request = try #require(try Self.request(text))
        #expect(request.state == state && request.state.isEmpty == isEmpty)
    }

    @Test("are answered with the state that they had", arguments: states)
    func answer(_ text: String, _ state: SocketRequest.State, _: Bool) throws {
        let request = try #require(try Self.request(text))
        let shown =
            switch state {
            case .absent: ""
            case .null: #""state":null,"#
            case .text(let text): #""state":"\#(text)","#
            case .number(let number): #""state":\#(number),"#
            }
        let answer = String(decoding: SocketFrame.success(request) { _ in }, as: UTF8.self)
        #expect(answer == #"{\#(shown)"command":"ping","subgroup":"avr","data":{"success":true}}"#)
    }

    /// contracts/reileta.md 5.2.
    @Test(
        "have the names of all versions",
        arguments: [
            ("ping", SocketRequest.Command.ping), ("avr/ping", .ping), ("authenticate", .authenticate), ("avr/authenticate", .authenticate),
            ("subscribe", .subscribe), ("unsubscribe", .unsubscribe), ("instance-join", .join), ("instance:join", .join),
            ("avr/instance:enter", .join), ("avr/enter", .join), ("instance-leave", .leave), ("avr/instance:quit", .leave),
            ("avr/quit", .leave), ("instance-data", .data), ("avr/data", .data), ("transform", .transform),
            ("avr/instance-transform", .transform), ("moderate", .moderate), ("avr/instance-moderate", .moderate),
            ("avr/avr/ping", .unknown), ("Ping", .unknown), ("other/ping", .unknown), ("avr/", .unknown),
        ])
    func command(_ name: String, _ command: SocketRequest.Command) throws {
        let request = try #require(try Self.request(#"{"command":"\#(name)"}"#))
        #expect(request.command == command && request.name == name)
    }

    @Test("are ours without a namespace or with `avr`", arguments: ["", #","subgroup":"""#, #","subgroup":null"#, #","subgroup":"avr""#])
    func ours(_ member: String) throws {
        #expect(try Self.request(#"{"command":"ping"\#(member)}"#) != nil)
    }

    @Test("of another namespace are no business of ours")
    func others() throws {
        #expect(try Self.request(#"{"command":"ping","subgroup":"other"}"#) == nil)
    }

    @Test(
        "that cannot be read are 150",
        arguments: [
            "", "x", "[]", "{}", #"{"command":""}"#, #"{"command":1}"#, #"{"command":"ping","subgroup":1}"#,
            #"{"command":"ping","state":{}}"#, #"{"command":"ping","state":1.5}"#, #"{"command":"ping","state":true}"#,
            #"{"command":"\#(String(repeating: "x", count: 65))"}"#,
            #"{"command":"ping","state":"\#(String(repeating: "x", count: 257))"}"#,
        ])
    func malformed(_ text: String) throws {
        let failure = #expect(throws: Failure.self) { try Self.request(text) }
        #expect(failure?.code == .socketInvalidFrame)
    }

    @Test("may be as long as they may be")
    func longest() throws {
        let (name, state) = (String(repeating: "x", count: 64), String(repeating: "y", count: 256))
        let request = try #require(try Self.request(#"{"command":"\#(name)","state":"\#(state)"}"#))
        #expect(request.name == name && request.state == .text(state))
    }

    @Test("have data when it is an object")
    func data() throws {
        #expect(try Self.request(#"{"command":"ping","data":{"time":1}}"#)?.data?.contains("time") == true)
        for text in [#"{"command":"ping"}"#, #"{"command":"ping","data":null}"#, #"{"command":"ping","data":[]}"#] {
            #expect(try #require(try Self.request(text)).data == nil)
        }
    }

    @Test("are told from those of the other API at the address")
    func isRequest() {
        for (text, expected) in [
            (#"{"command":"ping"}"#, true), (#"{"op":1,"command":"ping"}"#, false), (#"{"op":1}"#, false), ("[]", false), ("", false),
        ] {
            #expect(SocketRequest.isRequest(Array(text.utf8)) == expected, "\(text)")
        }
    }
}
