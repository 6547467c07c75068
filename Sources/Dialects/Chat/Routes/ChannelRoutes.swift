internal import Community
internal import HTTP
internal import JSON

/// The channels of a server (contracts/chat.md 3.3).
struct ChannelRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/servers/:server_id/channels", endpoints.signedIn(list))
        router.post("/servers/:server_id/channels", endpoints.signedIn(create))
        router.get("/channels/:channel_id", endpoints.signedIn(read))
    }

    @Sendable private func list(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let channels = try await endpoints.community.channels(of: request.spaceID, for: caller.account.id)
        return .json(Wire.list(channels) { Wire.channel($0, for: caller.account.id, status: endpoints.presence.status, to: &$1) })
    }

    @Sendable private func create(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let name = form.text("name")
        let topic = form.optionalText("topic")
        let position = form.optionalInteger("position")
        if let type = form.value("type"), !Self.meansText(type) {
            form.refuse("type", code: "BASE_TYPE_CHOICES", message: "A channel of a server has the type text.")
        }
        try form.check()
        let channel = try await endpoints.community.createChannel(
            in: request.spaceID, by: caller.account.id, name: name, topic: topic, position: position)
        return .json(object(channel, for: caller), status: .created)
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(object(try await endpoints.community.channel(request.channelID, for: caller.account.id), for: caller))
    }

    /// `text`, or its number 0 (contracts/chat.md 2, Channel).
    private static func meansText(_ type: JSONValue) -> Bool {
        if let name = try? type.string() { return name == "text" }
        return (try? type.integer()) == 0
    }

    private func object(_ channel: Channel, for caller: Caller) -> [UInt8] {
        Wire.object { Wire.channel(channel, for: caller.account.id, status: endpoints.presence.status, to: &$0) }
    }
}
