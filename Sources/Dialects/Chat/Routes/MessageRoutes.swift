internal import Community
internal import HTTP
internal import JSON

/// Messages of a channel (contracts/chat.md 3.4).
struct MessageRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/channels/:channel_id/messages", endpoints.signedIn(history))
        router.post("/channels/:channel_id/messages", endpoints.sending(create))
        router.get("/channels/:channel_id/messages/:message_id", endpoints.signedIn(read))
        router.patch("/channels/:channel_id/messages/:message_id", endpoints.signedIn(update))
        router.delete("/channels/:channel_id/messages/:message_id", endpoints.signedIn(delete))
    }

    @Sendable private func history(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let channel = try request.channelID
        let query = try HistoryQuery(request.query)
        let page = try await endpoints.community.history(channel, for: caller.account.id, anchor: query.anchor, limit: query.limit)
        var response = HTTPResponse.json(
            Wire.list(page.items) { message, json in
                Wire.message(message, to: &json)
            })
        response.headers.set("X-Has-More", page.hasMore ? "true" : "false")
        if page.hasMore, let next = query.next(after: page.items) {
            response.headers.set("Link", "</api/rest/channels/\(channel.rawValue)/messages?limit=\(query.limit)&\(next)>; rel=\"next\"")
        }
        return response
    }

    /// Answered after the message is on disk.
    @Sendable private func create(_ request: HTTPRequest, _ caller: Caller, _ channel: ChannelID) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let content = form.text("content")
        let nonce = form.optionalText("nonce")
        try form.check()
        var (message, isNew) = try await endpoints.community.createMessage(
            in: channel, by: caller.account.id, content: content, nonce: nonce)
        // The nonce stands in the 201 answer and the event only (section 2).
        if !isNew { message.nonce = nil }
        return .json(Wire.object { [message] in Wire.message(message, to: &$0) }, status: isNew ? .created : .ok)
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let channel = try request.channelID
        let message = try await endpoints.community.message(request.messageID, in: channel, for: caller.account.id)
        return .json(Wire.object { Wire.message(message, to: &$0) })
    }

    @Sendable private func update(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let content = form.text("content")
        try form.check()
        let channel = try request.channelID
        let message = try await endpoints.community.updateMessage(
            request.messageID, in: channel, by: caller.account.id, content: content)
        return .json(Wire.object { Wire.message(message, to: &$0) })
    }

    @Sendable private func delete(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let channel = try request.channelID
        try await endpoints.community.deleteMessage(request.messageID, in: channel, by: caller.account.id)
        return HTTPResponse(status: .noContent)
    }
}
