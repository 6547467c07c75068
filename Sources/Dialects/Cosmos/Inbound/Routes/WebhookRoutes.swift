internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// Making and changing webhooks (contracts/cosmos.md 9.1).
struct WebhookRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let list = "/:galaxy_id/channels/:channel_id/webhooks"
        router.get(list, endpoints.identified(self.list))
        router.post(list, endpoints.identified(create))
        router.get("\(list)/:webhook_id", endpoints.identified(show))
        router.patch("\(list)/:webhook_id", endpoints.identified(update))
        router.delete("\(list)/:webhook_id", endpoints.identified(remove))
        router.post("\(list)/:webhook_id/rotate", endpoints.identified(rotate))
    }

    @Sendable private func list(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        let webhooks = try await endpoints.community.webhooks(of: place.channel, of: place.galaxy, for: place.actor)
        return .json(Wire.list(webhooks) { write($0, to: &$1) })
    }

    @Sendable private func show(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        let webhook = try await endpoints.community.webhook(try call.webhookID, in: place.channel, of: place.galaxy, for: place.actor)
        return .json(Wire.object { write(webhook, to: &$0) })
    }

    @Sendable private func create(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        var form = try await endpoints.form(call)
        let (name, avatar, secret) = (form.text("name"), form.optionalText("avatarUrl"), form.optionalText("githubSecret"))
        let permissions = form.optionalInteger("permissions", allowsText: true)
        try form.finish()
        let draft = try WebhookDraft(
            name: name, avatarURL: avatar, gitHubSecret: secret, permissions: permissions.map { Permissions(rawValue: $0) })
        let made = try await endpoints.community.createWebhook(in: place.channel, of: place.galaxy, by: place.actor, draft)
        return .json(Wire.object { write(made.webhook, token: made.token, to: &$0) }, status: .created)
    }

    @Sendable private func update(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        var form = try await endpoints.form(call)
        let changes = WebhookChanges(
            name: form.optionalText("name"), avatarURL: form.change("avatarUrl"), channelID: form.optionalIdentifier("channelId"),
            gitHubSecret: form.change("githubSecret"),
            permissions: form.optionalInteger("permissions", allowsText: true).map { Permissions(rawValue: $0) })
        try form.finish()
        let webhook = try await endpoints.community.updateWebhook(
            try call.webhookID, in: place.channel, of: place.galaxy, by: place.actor, changes)
        return .json(Wire.object { write(webhook, to: &$0) })
    }

    @Sendable private func rotate(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        let rotated = try await endpoints.community.rotateWebhook(
            try call.webhookID, in: place.channel, of: place.galaxy, by: place.actor)
        return .json(Wire.object { write(rotated.webhook, token: rotated.token, to: &$0) })
    }

    @Sendable private func remove(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let place = try await place(call)
        try await endpoints.community.deleteWebhook(try call.webhookID, in: place.channel, of: place.galaxy, by: place.actor)
        return HTTPResponse(status: .noContent)
    }

    // MARK: Parts

    /// Where something shall be done, and who does it. Strangers do not get as far as the body.
    private func place(_ call: Endpoints.Call) async throws -> (channel: String, galaxy: String, actor: Actor) {
        let galaxy = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: galaxy)
        try await endpoints.community.requireParticipation(of: actor, in: galaxy)
        return (call.parameter("channel_id"), galaxy, actor)
    }

    /// - Parameter token: only where it has just been made.
    private func write(_ webhook: IncomingWebhook, token: WebhookToken? = nil, to json: inout JSONWriter) {
        Wire.identity(of: webhook, to: &json)
        json.member("creatorId", webhook.creatorID)
        json.member("permissions", webhook.permissions.rawValue)
        json.member("hasGithubSecret", webhook.hasGitHubSecret)
        Wire.time("createdAt", webhook.createdAt, to: &json)
        guard let token else { return }
        json.member("token", token.text)
        json.member("url", "\(endpoints.settings.origin.text)/webhooks/\(webhook.id.rawValue)/\(token.text)")
    }
}

extension Endpoints.Call {
    /// - Throws: `CommunityError.unknownWebhook` for what is no id.
    fileprivate var webhookID: WebhookID {
        get throws(CommunityError) {
            let text = parameter("webhook_id")
            guard let id = Int64(text), String(id) == text else { throw .unknownWebhook }
            return WebhookID(id)
        }
    }
}
