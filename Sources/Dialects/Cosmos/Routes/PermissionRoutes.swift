internal import Community
internal import HTTP

/// Rules of channels about roles and members (contracts/cosmos.md 6.3, 6.5).
struct PermissionRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let rule = "/:galaxy_id/channels/:channel_id/permissions/:type/:target_id"
        router.put(rule, endpoints.identified(set))
        router.delete(rule, endpoints.identified(remove))
    }

    @Sendable private func set(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: id)
        try await endpoints.community.requireParticipation(of: actor, in: id)
        let kind = try call.overrideKind
        var form = try await endpoints.form(call)
        let permissions = form.optionalInteger("permissions", allowsText: true)
        if permissions == nil, form.errors.isEmpty { form.refuse("permissions", "Is missing.") }
        try form.finish()
        let override = GalaxyOverride(
            kind: kind, id: call.parameter("target_id"), permissions: Permissions(rawValue: permissions ?? 0))
        let channel = try await endpoints.community.setChannelOverride(override, in: call.parameter("channel_id"), of: id, by: actor)
        return .json(Wire.object { Wire.channel(channel, to: &$0) })
    }

    @Sendable private func remove(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: id)
        _ = try await endpoints.community.removeChannelOverride(
            try call.overrideKind, call.parameter("target_id"), in: call.parameter("channel_id"), of: id, by: actor)
        return HTTPResponse(status: .noContent)
    }
}

extension Endpoints.Call {
    /// The kind of the rule that the path names.
    fileprivate var overrideKind: PermissionOverride.Kind {
        get throws(Problem) {
            let text = parameter("type")
            guard let number = Int64(text), String(number) == text, let kind = PermissionOverride.Kind(rawValue: number) else {
                throw Problem(.invalidPermissions, "The types are 0 role allow, 1 member allow, 2 role deny and 3 member deny.")
            }
            return kind
        }
    }
}
