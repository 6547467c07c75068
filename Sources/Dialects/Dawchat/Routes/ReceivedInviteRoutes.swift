internal import Community
internal import HTTP

/// The invites to channels that somebody has received (contracts/dawchat.md 2, rows 8 and 9).
struct ReceivedInviteRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/channel/invites", endpoints.signedIn(list))
        // The seed documents one path and shows the other (3.9).
        router.post("/channel/invites/remove", endpoints.signedIn(remove))
        router.post("/channel/invites/clear", endpoints.signedIn(remove))
    }

    @Sendable private func list(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let invites = try await endpoints.community.channelInvites(of: session.account.id)
        return .json(Wire.list("invites", invites) { Wire.invite($0, to: &$1) })
    }

    @Sendable private func remove(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let ids = try form.identifiers("toRemove").map { ChannelInviteID($0) }
        do {
            try await endpoints.community.removeChannelInvites(ids, by: session.account.id)
        } catch CommunityError.unknownChannelInvite {
            // Here, and only here, the seed names it so (3.10).
            throw Problem(.userInviteNotFound)
        }
        return HTTPResponse()
    }
}
