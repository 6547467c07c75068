internal import Community
internal import Dialect
internal import HTTP
internal import JSON

/// Messages of channels (contracts/dawchat.md 2, rows 22 to 24).
struct MessageRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/messages/create", endpoints.signedIn(create))
        router.post("/messages", endpoints.signedIn(load))
        router.put("/messages/read", endpoints.signedIn(markRead))
    }

    /// Answered after the message is on disk.
    @Sendable private func create(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let channel = ChannelID(try form.identifier("channelId"))
        guard MessageKind(wireName: try form.text("type")) == .text else { throw Problem.invalid("type: must be text.") }
        let content = try form.text("content")
        _ = try endpoints.services.limits.countMessage(of: session.account.id, in: channel)
        let message = try await endpoints.community.createMessage(inHomeChannel: channel, by: session.account.id, content: content)
        return .json(Wire.object(capacity: 512) { Wire.message(message, to: &$0) }, status: .created)
    }

    @Sendable private func load(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let entries = try LoadEntry.entries(of: form)
        // All or nothing: before the first page is sent it is known that all may be read.
        let channels = try await endpoints.community.readableHomeChannels(entries.map(\.channel), for: session.account.id)
        // Of a channel that is named twice the last entry counts, at the place of the first.
        var wanted: [LoadedPage] = []
        for (entry, channel) in zip(entries, channels) {
            let page = LoadedPage(entry: entry, channel: channel)
            if let index = wanted.firstIndex(where: { $0.channel.id == channel.id }) { wanted[index] = page } else { wanted.append(page) }
        }
        let loading = MessageLoading(
            community: endpoints.community, reader: session.account.id, pages: wanted, isList: request.query[first: "format"] == "list")
        return try await loading.response()
    }

    @Sendable private func markRead(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let channel = ChannelID(try request.identifier("channelId"))
        let message = MessageID(try request.identifier("messageId"))
        try await endpoints.community.markRead(message, in: channel, by: session.account.id)
        return HTTPResponse()
    }
}
