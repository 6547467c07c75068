internal import JSON
internal import Primitives

/// A channel as it was, in the data of the event that tells of its end: for those who come back later, when no row of it is left.
enum ChannelRecord {
    /// The channel as one JSON object, and why somebody has lost it.
    static func text(_ channel: Channel, loss: ChannelLoss? = nil, externalID: String? = nil) -> String {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            if let space = channel.spaceID { json.member("space", space.rawValue) }
            if let owner = channel.ownerID { json.member("owner", owner.rawValue) }
            json.member("name", channel.name)
            json.member("kind", channel.kind.rawValue)
            json.member("access", channel.access.rawValue)
            json.member("topic", channel.topic)
            json.member("position", channel.position)
            if let message = channel.lastMessageID { json.member("last_message", message.rawValue) }
            if let message = channel.lastTextMessageID { json.member("last_text_message", message.rawValue) }
            json.member("own_audience", channel.hasOwnAudience)
            json.member("created_at", channel.createdAt.microseconds)
            if let loss { json.member("loss", loss.rawValue) }
            if let externalID { json.member("external", externalID) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The metadata server's id for the channel, which no row tells any more.
    static func externalID(from text: String?) -> String? {
        text.flatMap { try? JSONValue.parse(Array($0.utf8)).object().optional("external")?.string() }
    }

    /// Why somebody has lost the channel.
    static func loss(from text: String?) -> ChannelLoss {
        let name = text.flatMap { try? JSONValue.parse(Array($0.utf8)).object().optional("loss")?.string() }
        return name.flatMap { ChannelLoss(rawValue: $0) } ?? .rules
    }

    /// The channel of that id out of such an object; nil for anything else.
    static func channel(_ id: ChannelID, from text: String?) -> Channel? {
        guard let text, let object = try? JSONValue.parse(Array(text.utf8)).object() else { return nil }
        func integer(_ name: String) -> Int64? { object.optional(name).flatMap { try? $0.integer() } }
        func string(_ name: String) -> String? { object.optional(name).flatMap { try? $0.string() } }
        guard let kind = integer("kind").flatMap({ ChannelKind(rawValue: $0) }), let createdAt = integer("created_at"),
            let access = integer("access").flatMap({ ChannelAccess(rawValue: $0) }), let position = integer("position")
        else { return nil }
        return Channel(
            id: id, spaceID: integer("space").map { SpaceID($0) }, ownerID: integer("owner").map { AccountID($0) }, name: string("name"),
            kind: kind, access: access, topic: string("topic"), position: Int(position),
            lastMessageID: integer("last_message").map { MessageID($0) },
            lastTextMessageID: integer("last_text_message").map { MessageID($0) },
            hasOwnAudience: object.optional("own_audience").flatMap { try? $0.bool() } ?? false,
            createdAt: Timestamp(microseconds: createdAt))
    }
}
