internal import Community
internal import JSON
internal import Primitives

extension Wire {
    /// Message.
    static func message(_ message: Message, to json: inout JSONWriter) {
        json.member("messageId", message.id.rawValue)
        json.member("userId", message.author.id.rawValue)
        json.member("username", message.author.username)
        json.member("type", message.kind.wireName)
        json.member("content", message.kind == .channelCreate ? nil : message.content)
        json.member("timestamp", message.createdAt.seconds)
        json.member("channelId", message.channelID.rawValue)
    }
}

extension MessageKind {
    /// The type of a message (contracts/dawchat.md 1.5).
    var wireName: String {
        switch self {
        case .text: "text"
        case .channelCreate: "channel-create"
        case .channelRename: "channel-rename"
        }
    }

    /// The kind of that name, nil for a name that no kind has.
    init?(wireName: String) {
        guard let kind = Self.allCases.first(where: { $0.wireName == wireName }) else { return nil }
        self = kind
    }
}
