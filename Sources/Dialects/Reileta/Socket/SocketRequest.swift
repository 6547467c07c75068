internal import JSON

/// What a client asks for on a socket (contracts/reileta.md 5.2).
struct SocketRequest: Sendable {
    /// What the client calls its request; the answer has it unchanged.
    enum State: Sendable, Equatable {
        case absent
        case null
        case text(String)
        case number(Int64)

        /// Whether the client can tell an answer by it.
        var isEmpty: Bool { self == .absent || self == .null || self == .text("") }
    }

    /// What the server knows, under all names that it has had (5.2).
    enum Command: Sendable, Equatable {
        case ping
        case authenticate
        case subscribe
        case unsubscribe
        case join
        case leave
        case data
        case transform
        case moderate
        case unknown

        /// Whether it is done at once when nothing else waits.
        var isPlay: Bool { self == .data || self == .transform }

        init(_ name: String) {
            let bare = name.hasPrefix("avr/") ? String(name.dropFirst(4)) : name
            switch bare {
            case "ping": self = .ping
            case "authenticate": self = .authenticate
            case "subscribe": self = .subscribe
            case "unsubscribe": self = .unsubscribe
            case "instance-join", "instance:join", "instance:enter", "enter": self = .join
            case "instance-leave", "instance:leave", "instance:quit", "quit": self = .leave
            case "instance-data", "data": self = .data
            case "instance-transform", "transform": self = .transform
            case "instance-moderate", "moderate": self = .moderate
            default: self = .unknown
            }
        }
    }

    var state: State
    /// The command as it was written: the answer names it so.
    var name: String
    var command: Command
    /// The members of `data`; nil when there are none.
    var data: JSONObject?

    /// Whether a message is one of this API: its first member decides between two that share an address.
    static func isRequest(_ bytes: [UInt8]) -> Bool {
        guard let object = try? JSONValue.parse(bytes).object() else { return false }
        return object.contains("command") && !object.contains("op")
    }

    /// - Returns: nil for another namespace, which is no business of ours.
    /// - Throws: `Failure` 150.
    init?(_ bytes: [UInt8]) throws(Failure) {
        guard let object = try? JSONValue.parse(bytes).object() else { throw Failure(.socketInvalidFrame, "No JSON object.") }
        guard let name = try? object.required("command").string(), !name.isEmpty, name.utf8.count <= 64 else {
            throw Failure(.socketInvalidFrame, "command: Must be a string of 1 to 64 characters.")
        }
        if let subgroup = object.optional("subgroup") {
            guard let text = try? subgroup.string() else { throw Failure(.socketInvalidFrame, "subgroup: Must be a string.") }
            guard text.isEmpty || text == "avr" else { return nil }
        }
        self.name = name
        command = Command(name)
        data = try? object.optional("data")?.object()
        switch object["state"] {
        case nil: state = .absent
        case let value? where value.isNull: state = .null
        case let value?:
            if let text = try? value.string(), text.utf8.count <= 256 {
                state = .text(text)
            } else if let number = try? value.integer() {
                state = .number(number)
            } else {
                throw Failure(.socketInvalidFrame, "state: Must be a string of at most 256 bytes, or null.")
            }
        }
    }
}
