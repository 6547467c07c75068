internal import Community
internal import Dialect
internal import HTTP

/// Webhooks as programs for Discord use them (contracts/cosmos.md 9.2).
struct DiscordRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let webhook = "/:webhook_id/:token"
        router.post(webhook, endpoints.withToken(execute))
        router.get(webhook, endpoints.withToken(show))
        router.patch(webhook, endpoints.withToken(update))
        router.delete(webhook, endpoints.withToken(remove))
        let message = "\(webhook)/messages/:message_id"
        router.get(message, endpoints.withToken(showMessage))
        router.patch(message, endpoints.withToken(updateMessage))
        router.delete(message, endpoints.withToken(removeMessage))
    }

    // MARK: Messages

    @Sendable private func execute(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try refuseThreads(call)
        let status = try endpoints.countMessage(of: call.webhook)
        let payload = try await InboundPayload(call.request, limit: InboundLimits.body)
        let post = try DiscordPost.read(payload.object(limit: InboundLimits.body))
        let messages = try await endpoints.community.execute(call.webhook.id, token: call.token, [post])
        var response = HTTPResponse(status: .noContent)
        if call.waits, let message = messages.first { response = .json(DiscordWire.message(message, by: call.webhook)) }
        status?.add(to: &response.headers)
        return response
    }

    @Sendable private func showMessage(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try refuseThreads(call)
        let message = try await endpoints.community.message(try call.messageID, ofWebhook: call.webhook.id, token: call.token)
        return .json(DiscordWire.message(message, by: call.webhook))
    }

    @Sendable private func updateMessage(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try refuseThreads(call)
        _ = try endpoints.countMessage(of: call.webhook)
        let payload = try await InboundPayload(call.request, limit: InboundLimits.body)
        let json = try payload.object(limit: InboundLimits.body)
        let message = try await endpoints.community.updateMessage(
            try call.messageID, ofWebhook: call.webhook.id, token: call.token
        ) { try DiscordPost.change($0, json) }
        return .json(DiscordWire.message(message, by: call.webhook))
    }

    @Sendable private func removeMessage(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try refuseThreads(call)
        try await endpoints.community.deleteMessage(try call.messageID, ofWebhook: call.webhook.id, token: call.token)
        return HTTPResponse(status: .noContent)
    }

    /// There are none; to post beside one would be to post in the wrong place.
    private func refuseThreads(_ call: Endpoints.WebhookCall) throws(Problem) {
        guard call.request.query[first: "thread_id"] == nil else { throw .invalid("/thread_id", "There are no threads.") }
    }

    // MARK: The webhook itself

    @Sendable private func show(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        .json(DiscordWire.webhook(call.webhook))
    }

    @Sendable private func update(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try Endpoints.requireJSON(call.request)
        var form = try RequestForm(try await call.request.body.collect(upTo: Endpoints.bodyLimit))
        let (name, avatar) = (form.optionalText("name"), form.change("avatar_url"))
        try form.finish()
        let webhook = try await endpoints.community.updateWebhook(
            call.webhook.id, token: call.token, name: name, avatarURL: avatar)
        return .json(DiscordWire.webhook(webhook))
    }

    @Sendable private func remove(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        try await endpoints.community.deleteWebhook(call.webhook.id, token: call.token)
        return HTTPResponse(status: .noContent)
    }
}

extension Endpoints.WebhookCall {
    /// Whether the sender wants to see the message.
    fileprivate var waits: Bool {
        ["true", "1"].contains(request.query[first: "wait"]?.lowercased() ?? "")
    }

    /// - Throws: `CommunityError.unknownMessage` for what is no id.
    fileprivate var messageID: MessageID {
        get throws(CommunityError) {
            let text = request.parameters["message_id"] ?? ""
            guard let id = Int64(text), String(id) == text else { throw .unknownMessage }
            return MessageID(id)
        }
    }
}
