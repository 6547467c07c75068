internal import JSON
internal import WebSocket

/// The opcodes the server sends (contracts/chat.md 4.2).
enum ServerOperation: Int64 {
    case hello = 0
    case heartbeat = 1
    case heartbeatAcknowledged = 2
    case reconnect = 7
    case resumed = 8
    case invalidSession = 9
    case connected = 10
    case messageCreate = 11
    case messageUpdate = 12
    case messageDelete = 13
    case channelCreate = 20
    case channelUpdate = 21
    case channelDelete = 22
    case serverMemberAdd = 30
    case serverMemberRemove = 31
    case serverUpdate = 32
    case serverDelete = 33
    case presenceUpdate = 40
    case typingStart = 50

    /// The value of `t`; control frames have none.
    var eventName: String? {
        switch self {
        case .connected: "CONNECTED"
        case .messageCreate: "MESSAGE_CREATE"
        case .messageUpdate: "MESSAGE_UPDATE"
        case .messageDelete: "MESSAGE_DELETE"
        case .channelCreate: "CHANNEL_CREATE"
        case .channelUpdate: "CHANNEL_UPDATE"
        case .channelDelete: "CHANNEL_DELETE"
        case .serverMemberAdd: "SERVER_MEMBER_ADD"
        case .serverMemberRemove: "SERVER_MEMBER_REMOVE"
        case .serverUpdate: "SERVER_UPDATE"
        case .serverDelete: "SERVER_DELETE"
        case .presenceUpdate: "PRESENCE_UPDATE"
        case .typingStart: "TYPING_START"
        case .hello, .heartbeat, .heartbeatAcknowledged, .reconnect, .resumed, .invalidSession: nil
        }
    }
}

/// Builds the server's frames: complete WebSocket frames around one JSON object (4.1).
enum ServerFrame {
    /// A frame that is not an event: no `s`, no `t`.
    static func control(_ operation: ServerOperation, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        frame(capacity: 96) { json in
            json.member("op", operation.rawValue)
            json.key("d")
            data(&json)
        }
    }

    /// An event: `s` is its id in the event log.
    static func event(_ operation: ServerOperation, sequence: Int64, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        frame(capacity: 512) { json in
            json.member("op", operation.rawValue)
            if let name = operation.eventName { json.member("t", name) }
            json.member("s", sequence)
            json.key("d")
            data(&json)
        }
    }

    /// An event that is not in the log: no `s`.
    static func fleeting(_ operation: ServerOperation, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        frame(capacity: 192) { json in
            json.member("op", operation.rawValue)
            if let name = operation.eventName { json.member("t", name) }
            json.key("d")
            json.object(members)
        }
    }

    /// The answer to every heartbeat, always the same bytes.
    static let heartbeatAcknowledged = control(.heartbeatAcknowledged) { $0.null() }

    static let reconnect = control(.reconnect) { $0.null() }

    static let invalidSession = control(.invalidSession) { $0.value(false) }

    static func hello(heartbeatMilliseconds: Int) -> [UInt8] {
        control(.hello) { json in
            json.object { $0.member("heartbeat_interval", heartbeatMilliseconds) }
        }
    }

    static func resumed(sessionID: String, replayed: Int) -> [UInt8] {
        control(.resumed) { json in
            json.object { object in
                object.member("session_id", sessionID)
                object.member("replayed", replayed)
            }
        }
    }

    private static func frame(capacity: Int, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        return WebSocketFrameEncoder.text(json.bytes)
    }
}
