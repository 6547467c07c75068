internal import JSON

@testable import ReiletaSocketIO

/// Packets of Engine.IO and Socket.IO: what is read is of one kind, and an event reads the same when it is written again.
enum SocketIOHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let packet = SocketIOPacket.read(bytes)
        try checkType(packet, of: bytes)
        switch packet {
        case .ping(let text): try require([UInt8(ascii: "2")] + text == bytes, "a ping has another text")
        case .connect(let namespace): try check(namespace)
        case .event(let name, let arguments, let acknowledgement): try checkEvent(name, arguments, acknowledgement)
        case .pong, .close, .disconnect, .other, .brokenEvent, .unreadable: break
        }
    }

    /// The first byte is the type of Engine.IO, that of a message the one of Socket.IO.
    private static func checkType(_ packet: SocketIOPacket.Incoming, of bytes: [UInt8]) throws(Finding) {
        func begins(_ prefixes: String...) -> Bool { prefixes.contains { bytes.starts(with: $0.utf8) } }
        let isOfItsType =
            switch packet {
            case .close: begins("1")
            case .ping: begins("2")
            case .pong: begins("3")
            case .connect: begins("40")
            case .disconnect: begins("41")
            case .event, .brokenEvent: begins("42")
            case .other: begins("41/", "42/", "43", "44", "5", "6")
            case .unreadable: !begins("1", "2", "3", "40", "41", "42", "43", "44", "5", "6")
            }
        try require(isOfItsType, "\(packet) has another type")
    }

    private static func check(_ namespace: String) throws(Finding) {
        let isName = namespace.isEmpty || (namespace.utf8.first == UInt8(ascii: "/") && namespace != "/")
        try require(isName && !namespace.utf8.contains(UInt8(ascii: ",")), "a namespace is \(namespace)")
        let refusal = SocketIOPacket.refused(namespace)
        try require(SocketIOPacket.read(refusal) == .other, "the refusal of \(namespace) is no error")
        let body = Array(refusal.dropFirst(3 + namespace.utf8.count))
        try require((try? JSONValue.parse(body).object()) != nil, "the refusal of \(namespace) has no message")
    }

    private static func checkEvent(_ name: String, _ arguments: [[UInt8]], _ acknowledgement: [UInt8]) throws(Finding) {
        try require(acknowledgement.allSatisfy { (0x30...0x39).contains($0) }, "an acknowledgement is no number")
        try require(SocketIOPacket.read(SocketIOPacket.acknowledged(acknowledgement)) == .other, "an acknowledgement is none")
        for argument in arguments {
            guard let value = try? JSONValue.parse(argument) else { throw Finding(description: "an argument is no JSON") }
            try require(JSONWriter.bytes(of: value) == argument, "an argument has two texts")
            try require(
                SocketIOPacket.read(SocketIOPacket.event(name, argument)) == .event(name: name, arguments: [argument], acknowledgement: []),
                "an event with one argument comes back as another")
        }
        var writer = JSONWriter()
        writer.array { writer in
            writer.value(name)
            for argument in arguments { writer.raw(argument) }
        }
        let again = SocketIOPacket.read(Array("42".utf8) + acknowledgement + writer.bytes)
        try require(
            again == .event(name: name, arguments: arguments, acknowledgement: acknowledgement), "an event comes back as another")
    }
}
