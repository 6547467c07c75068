internal import Community
internal import HTTP

/// Channels between two people (contracts/chat.md 3.6).
struct DirectChannelRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/users/:user_id/dm-channels", endpoints.signedIn(list))
        router.post("/users/:user_id/dm-channels", endpoints.signedIn(open))
    }

    @Sendable private func list(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        guard request.accountID(for: caller) == caller.account.id else { throw ChatError.notOneself }
        let channels = try await endpoints.community.directChannels(of: caller.account.id)
        return .json(Wire.list(channels) { Wire.channel($0, for: caller.account.id, status: endpoints.presence.status, to: &$1) })
    }

    /// The path names the caller, then the body names the recipient; or it names the recipient itself.
    @Sendable private func open(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var form = try await RequestForm.optional(request, limit: endpoints.settings.bodyLimit)
        guard var recipient = request.accountID(for: caller) else { throw CommunityError.unknownAccount }
        if recipient == caller.account.id {
            let named = ["recipient_id", "user_id", "target_user_id"].lazy.compactMap { form.optionalIdentifier($0) }.first
            if named == nil { form.refuse("recipient_id", code: "BASE_TYPE_REQUIRED", message: "This field is required.") }
            recipient = AccountID(named ?? 0)
        }
        try form.check()
        let (channel, isNew) = try await endpoints.community.openDirectChannel(by: caller.account.id, with: recipient)
        let body = Wire.object { Wire.channel(channel, for: caller.account.id, status: endpoints.presence.status, to: &$0) }
        return .json(body, status: isNew ? .created : .ok)
    }
}
