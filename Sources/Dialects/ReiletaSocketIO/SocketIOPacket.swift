internal import JSON
internal import Primitives

/// A packet of Engine.IO 4 with one of Socket.IO 5 in it, as far as the clients of the API use them: text, no attachments.
enum SocketIOPacket {
    /// Bytes of a message, which may hold several requests.
    static let payloadLimit = 65_536

    /// What a client sends.
    enum Incoming: Equatable {
        /// The answer to a ping of Engine.IO.
        case pong
        /// A ping that asks for the same text.
        case ping([UInt8])
        /// The client leaves.
        case close
        /// It wants to come into a namespace; empty for the main one.
        case connect(namespace: String)
        /// It leaves the namespace.
        case disconnect
        /// An event: its name and the arguments as JSON, and what the client calls it when it wants to know that it has come.
        case event(name: String, arguments: [[UInt8]], acknowledgement: [UInt8])
        /// Nothing that matters here.
        case other
        /// An event that cannot be read.
        case brokenEvent
        /// Nothing that can be read.
        case unreadable
    }

    static func read(_ bytes: [UInt8]) -> Incoming {
        guard let type = bytes.first else { return .unreadable }
        let rest = bytes.dropFirst()
        switch type {
        case UInt8(ascii: "1"): return .close
        case UInt8(ascii: "2"): return .ping(Array(rest))
        case UInt8(ascii: "3"): return .pong
        case UInt8(ascii: "4"): return message(rest)
        case UInt8(ascii: "5"), UInt8(ascii: "6"): return .other
        default: return .unreadable
        }
    }

    private static func message(_ bytes: ArraySlice<UInt8>) -> Incoming {
        guard let type = bytes.first else { return .unreadable }
        var rest = bytes.dropFirst()
        var namespace = ""
        if rest.first == UInt8(ascii: "/") {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            namespace = String(decoding: rest[..<end], as: UTF8.self)
            rest = end == rest.endIndex ? [] : rest[(end + 1)...]
        }
        if namespace == "/" { namespace = "" }
        switch type {
        case UInt8(ascii: "0"): return .connect(namespace: namespace)
        case UInt8(ascii: "1"): return namespace.isEmpty ? .disconnect : .other
        case UInt8(ascii: "2"): return namespace.isEmpty ? event(rest) : .other
        case UInt8(ascii: "3"), UInt8(ascii: "4"): return .other
        default: return .unreadable
        }
    }

    private static func event(_ bytes: ArraySlice<UInt8>) -> Incoming {
        let acknowledgement = bytes.prefix { (0x30...0x39).contains($0) }
        let json = Array(bytes.dropFirst(acknowledgement.count))
        guard let values = try? JSONValue.parse(json).array(), let name = try? values.first?.string() else { return .brokenEvent }
        return .event(
            name: name, arguments: values.dropFirst().map { JSONWriter.bytes(of: $0) }, acknowledgement: Array(acknowledgement))
    }

    // MARK: What the server sends

    /// The first packet of all.
    static func open(_ id: String) -> [UInt8] {
        text(
            "0",
            { json in
                json.object { json in
                    json.member("sid", id)
                    json.member("upgrades", array: { _ in })
                    json.member("pingInterval", 25_000)
                    json.member("pingTimeout", 20_000)
                    json.member("maxPayload", payloadLimit)
                }
            })
    }

    /// The client is in the main namespace.
    static func connected(_ id: String) -> [UInt8] {
        text("40", { $0.object { $0.member("sid", id) } })
    }

    /// There is no such namespace.
    static func refused(_ namespace: String) -> [UInt8] {
        text("44\(namespace),", { $0.object { $0.member("message", "Invalid namespace") } })
    }

    /// An event with one argument.
    static func event(_ name: String, _ argument: [UInt8]) -> [UInt8] {
        text(
            "42",
            { json in
                json.array { json in
                    json.value(name)
                    json.raw(argument)
                }
            })
    }

    /// An event has come.
    static func acknowledged(_ acknowledgement: [UInt8]) -> [UInt8] {
        Array("43".utf8) + acknowledgement + Array("[]".utf8)
    }

    private static func text(_ prefix: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        body(&json)
        return Array(prefix.utf8) + json.bytes
    }
}

extension JSONWriter {
    /// A value that was read, written again.
    static func bytes(of value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        json.copy(value)
        return json.bytes
    }
}
