public import Community
internal import JSON
public import Primitives
public import Webhooks

/// What is sent to webhooks about events: the objects as this API shows them to whoever made the endpoint (contracts/cosmos.md 8.2).
public struct EventRendering: Sendable {
    private let origin: PublicOrigin

    /// - Parameter origin: the canonical origin of this server.
    public init(origin: PublicOrigin) {
        self.origin = origin
    }

    /// The body of an event.
    public func render(_ event: SpaceEvent) -> RenderedEvent {
        RenderedEvent(
            data: Wire.object(capacity: 512) { json in
                ids(of: event, to: &json)
                object(of: event.content, event, to: &json)
            },
            thinData: Wire.object { json in
                ids(of: event, to: &json)
                json.member("truncated", true)
            })
    }

    private func ids(of event: SpaceEvent, to json: inout JSONWriter) {
        json.member("galaxyId", event.galaxyID)
        if let channel = event.channelID { json.member("channelId", channel) }
        switch event.content {
        case .messageCreated(let message), .messageUpdated(let message): json.member("messageId", String(message.id.rawValue))
        case .messageDeleted(let id), .messageGone(let id, _): json.member("messageId", String(id.rawValue))
        case .memberJoined(let member), .memberUpdated(let member): json.member("userId", member.userID)
        case .memberLeft(let user), .memberGone(let user, _): json.member("userId", user)
        case .galaxyUpdated, .galaxyDeleted, .channelCreated, .channelUpdated, .channelDeleted, .channelGone: break
        }
    }

    private func object(of content: SpaceEvent.Content, _ event: SpaceEvent, to json: inout JSONWriter) {
        switch content {
        case .galaxyUpdated(let galaxy):
            json.member("galaxy", object: { Wire.galaxy(galaxy, server: origin.text, isPrivate: false, to: &$0) })
        case .channelCreated(let channel), .channelUpdated(let channel):
            json.member("channel", object: { Wire.channel(channel, to: &$0) })
        case .messageCreated(let message), .messageUpdated(let message):
            json.member("message", object: { Wire.message(message, channelID: event.channelID ?? "", authorID: event.authorID, to: &$0) })
        case .memberJoined(let member), .memberUpdated(let member):
            json.member("member", object: { Wire.member(member, to: &$0) })
        case .channelGone, .messageGone, .memberGone: json.member("truncated", true)
        case .galaxyDeleted, .channelDeleted, .messageDeleted, .memberLeft: break
        }
    }
}
