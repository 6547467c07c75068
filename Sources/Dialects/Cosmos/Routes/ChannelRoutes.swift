internal import Community
internal import Dialect
internal import HTTP
internal import Primitives

/// Channels of galaxies (contracts/cosmos.md 6.6, 7.4, 7.5).
struct ChannelRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let list = "/:galaxy_id/channels"
        router.get(list, endpoints.open(self.list))
        router.post(list, endpoints.identified(create))
        router.get("\(list)/:channel_id", endpoints.identified(show))
        router.patch("\(list)/:channel_id", endpoints.identified(update))
        router.delete("\(list)/:channel_id", endpoints.identified(remove))
    }

    @Sendable private func list(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        // A member who cannot be recognised now shall not believe that there is nothing.
        if case .refused(let problem) = call.caller, problem.kind == .keysUnavailable { throw problem }
        let channels = try await endpoints.community.galaxyChannels(of: id, for: call.caller.viewer(of: id))
        var response = HTTPResponse.json(Wire.list(channels) { Wire.channel($0, to: &$1) })
        response.headers.set("Cache-Control", "private, no-store")
        // Who cannot be believed sees nothing, as the seed says, and may still notice why.
        if case .refused = call.caller { response.headers.set("WWW-Authenticate", "Bearer error=\"invalid_token\"") }
        return response
    }

    @Sendable private func create(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: id)
        try await endpoints.community.requireParticipation(of: actor, in: id)
        if case .account(let account) = actor {
            _ = try endpoints.services.shared.limits.count(String(account.rawValue), CosmosLimits.newChannels)
        }
        var form = try await endpoints.form(call)
        let channelID = form.optionalIdentifier("id")
        let (name, kind, topic) = (form.text("name"), form.integer("type"), form.optionalText("topic"))
        let parentID = form.optionalIdentifier("parentChannelId")
        let draft = try form.checked { () throws(CommunityError) in
            try GalaxyChannelDraft(id: channelID, name: name, kind: kind, topic: topic, parentID: parentID)
        }
        guard channelID == nil || call.isFromServer else { throw Problem(.foreignID) }
        let made = try await endpoints.community.createGalaxyChannel(in: id, draft, by: actor)
        var response = HTTPResponse.json(
            Wire.object { Wire.channel(made.channel, to: &$0) }, status: made.isNew ? .created : .ok)
        if made.isNew { response.headers.set("Location", "/galaxy/\(id)/channels/\(made.channel.id)") }
        return response
    }

    @Sendable private func show(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let channel = try await endpoints.community.galaxyChannel(
            call.parameter("channel_id"), of: id, for: call.caller.viewer(of: id))
        return .json(Wire.object { Wire.channel(channel, to: &$0) })
    }

    @Sendable private func update(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let (id, channelID) = (call.parameter("galaxy_id"), call.parameter("channel_id"))
        let actor = try await endpoints.actor(call, in: id)
        try await endpoints.community.requireParticipation(of: actor, in: id)
        var form = try await endpoints.form(call)
        let permissions = form.optionalInteger("defaultPermissions", allowsText: true)
        let changes = GalaxyChannelChanges(
            content: ChannelChanges(
                name: form.optionalText("name"), topic: form.change("topic").withoutEmptyText,
                position: form.optionalInteger("position").map { Int($0) }),
            parentID: form.change("parentChannelId"), syncsPermissions: form.optionalFlag("syncPermissions") ?? false,
            everyone: permissions.map { .set(Permissions(rawValue: $0)) } ?? .keep)
        try form.finish()
        let channel = try await endpoints.community.updateGalaxyChannel(channelID, of: id, by: actor, changes)
        return .json(Wire.object { Wire.channel(channel, to: &$0) })
    }

    @Sendable private func remove(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: id)
        try await endpoints.community.deleteGalaxyChannel(call.parameter("channel_id"), of: id, by: actor)
        return HTTPResponse(status: .noContent)
    }
}

extension Change<String> {
    /// With an empty text meaning that there is none.
    var withoutEmptyText: Change<String> {
        self == .set("") ? .set(nil) : self
    }
}
