internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// Invites to channels, for those who make and manage them (contracts/dawchat.md 2, rows 17 to 19).
struct ChannelInviteRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/invite", endpoints.signedIn(create))
        router.get("/invites", endpoints.signedIn(list))
        router.post("/invites/remove", endpoints.signedIn(remove))
    }

    @Sendable private func create(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let (channel, username) = (ChannelID(try form.identifier("channelId")), try form.text("username"))
        let permissions = try Self.permissions(try form.texts("invitePerms"))
        let invite = try await endpoints.community.inviteToChannel(
            channel, by: session.account.id, username: username,
            permissions: permissions.reduce(into: []) { $0.formUnion($1.permissions) })
        let body = Wire.object { json in
            json.member("inviteId", invite.id.rawValue)
            json.member("senderId", invite.sender.id.rawValue)
            json.member("recipientId", invite.recipient.id.rawValue)
            json.member("channelId", channel.rawValue)
            json.key("invitePerms")
            json.array { json in
                for permission in permissions { json.value(permission.rawValue) }
            }
            json.member("timestamp", invite.createdAt.seconds)
        }
        return .json(body, status: .created)
    }

    @Sendable private func list(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let channel = ChannelID(try request.identifier("channelId"))
        let invites = try await endpoints.community.channelInvites(to: channel, for: session.account.id)
        return .json(Wire.list("invites", invites) { Wire.invite($0, to: &$1) })
    }

    @Sendable private func remove(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let ids = try form.identifiers("toRemove").map { ChannelInviteID($0) }
        try await endpoints.community.removeChannelInvites(ids, by: session.account.id)
        return HTTPResponse()
    }

    /// Read first, then as they were sent, each once: the sender gets them back in this order (section 2, detail 17).
    private static func permissions(_ names: [String]) throws(Problem) -> [ChannelPermission] {
        var permissions = [ChannelPermission.read]
        for name in names {
            guard let permission = ChannelPermission(rawValue: name) else {
                throw .invalid("invitePerms: must hold read, write, invite, rename and remove-users only.")
            }
            if !permissions.contains(permission) { permissions.append(permission) }
        }
        return permissions
    }
}
