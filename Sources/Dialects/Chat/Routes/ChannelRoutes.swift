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
        router.patch("/channels/:channel_id", endpoints.signedIn(update))
        router.delete("/channels/:channel_id", endpoints.signedIn(delete))
        router.post("/channels/:channel_id/typing", endpoints.signedIn(type))
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

    @Sendable private func update(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let changes = ChannelChanges(
            name: form.changedText("name"), topic: form.change("topic"), position: form.optionalInteger("position"))
        try form.check()
        return .json(object(try await endpoints.community.updateChannel(request.channelID, by: caller.account.id, changes), for: caller))
    }

    @Sendable private func delete(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await endpoints.community.deleteChannel(request.channelID, by: caller.account.id)
        return HTTPResponse(status: .noContent)
    }

    @Sendable private func type(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        try await endpoints.typing.start(in: request.channelID, by: caller.account.id)
        return HTTPResponse(status: .noContent)
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
