import Testing

@testable import ReiletaSocketIO

@Suite("Packets of Socket.IO")
struct SocketIOPacketTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let rows: [(String, SocketIOPacket.Incoming)] = [
        ("", .unreadable), ("x", .unreadable), ("0", .unreadable), ("7", .unreadable), ("4", .unreadable), ("4x", .unreadable),
        ("45", .unreadable), ("1", .close), ("2", .ping([])), ("2probe", .ping(bytes("probe"))), ("3", .pong), ("3probe", .pong),
        ("5", .other), ("6", .other), ("40", .connect(namespace: "")), ("40/", .connect(namespace: "")),
        (#"40{"token":"x"}"#, .connect(namespace: "")), ("40/admin,", .connect(namespace: "/admin")),
        (#"40/admin,{"a":1}"#, .connect(namespace: "/admin")), ("40/admin", .connect(namespace: "/admin")), ("41", .disconnect),
        ("41/admin,", .other), (#"42/admin,["local",1]"#, .other), ("43", .other), ("431[]", .other), ("44", .other),
        (#"42["local",{"command":"ping"}]"#, .event(name: "local", arguments: [bytes(#"{"command":"ping"}"#)], acknowledgement: [])),
        (#"42/,["local"]"#, .event(name: "local", arguments: [], acknowledgement: [])),
        (
            #"4217["ping",1,"a",[true,null]]"#,
            .event(name: "ping", arguments: [bytes("1"), bytes(#""a""#), bytes("[true,null]")], acknowledgement: bytes("17"))
        ),
        (#"42[ "local" , { "a" : -1 } ]"#, .event(name: "local", arguments: [bytes(#"{"a":-1}"#)], acknowledgement: [])),
        ("42", .brokenEvent), ("42[]", .brokenEvent), ("42[1]", .brokenEvent), ("42{}", .brokenEvent), ("42[\"local\"", .brokenEvent),
    ]

    @Test("are read", arguments: rows)
    func read(_ text: String, _ packet: SocketIOPacket.Incoming) {
        #expect(SocketIOPacket.read(Self.bytes(text)) == packet)
    }

    /// contracts/reileta.md 5.1; the client looks for `"sid":"` without a space.
    @Test("are written as clients look for them")
    func written() {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(
            text(SocketIOPacket.open("s1"))
                == #"0{"sid":"s1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536}"#)
        #expect(text(SocketIOPacket.connected("s2")) == #"40{"sid":"s2"}"#)
        #expect(text(SocketIOPacket.refused("/admin")) == #"44/admin,{"message":"Invalid namespace"}"#)
        #expect(text(SocketIOPacket.event("local", Self.bytes(#"{"a":1}"#))) == #"42["local",{"a":1}]"#)
        #expect(text(SocketIOPacket.acknowledged(Self.bytes("17"))) == "4317[]")
    }
}
