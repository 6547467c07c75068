internal import Community
internal import HTTP

/// Coming into channels, going, and who is in them (contracts/dawchat.md 2, rows 15, 16, 20 and 21).
struct MembershipRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/join", endpoints.signedIn(join))
        router.post("/leave", endpoints.signedIn(leave))
        router.get("/users", endpoints.signedIn(list))
        router.post("/users/remove", endpoints.signedIn(remove))
    }

    @Sendable private func join(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let channel = ChannelID(try form.identifier("channelId"))
        let invite = try form.optionalIdentifier("inviteId").map { ChannelInviteID($0) }
        let membership = try await endpoints.community.joinChannel(channel, by: session.account.id, invite: invite)
        return .json(Wire.object { Wire.userChannel(membership, to: &$0) })
    }

    @Sendable private func leave(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let channel = ChannelID(try form.identifier("channelId"))
        let newOwner = try form.optionalIdentifier("newOwner").map { AccountID($0) }
        try await endpoints.community.leaveChannel(channel, by: session.account.id, newOwner: newOwner)
        return HTTPResponse()
    }

    @Sendable private func list(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let channel = ChannelID(try request.identifier("channelId"))
        return try await MemberListing(community: endpoints.community, channel: channel, reader: session.account.id).response()
    }

    /// The seed forgets to name the channel; it may stand in the body or the query, or is found by the members (3.11).
    @Sendable private func remove(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let named = try form.optionalIdentifier("channelId")
        let asked = try request.query[first: "channelId"].map { text throws(Problem) in try Number.identifier(text, "channelId") }
        let accounts = try form.identifiers("toRemove").map { AccountID($0) }
        let channel = (named ?? asked).map { ChannelID($0) }
        try await endpoints.community.removeMembers(accounts, from: channel, by: session.account.id)
        return HTTPResponse()
    }
}
