internal import Community
internal import HTTP
internal import JSON

/// What signed-in people see of each other and change about themselves (contracts/chat.md 3.5).
struct UserRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/users/:user_id", endpoints.signedIn(read))
        router.patch("/users/:user_id", endpoints.signedIn(update))
    }

    @Sendable private func read(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        if request.parameters["user_id"] == "@me" {
            return .json(Wire.object { Wire.selfUser(caller.account, status: endpoints.presence.status(caller.account), to: &$0) })
        }
        guard let id = request.accountID(for: caller) else { throw CommunityError.unknownAccount }
        let account = try await endpoints.community.account(id)
        return .json(Wire.object { Wire.user(account, status: endpoints.presence.status(account), to: &$0) })
    }

    /// Only oneself. A new password comes with new tokens, because all others are worth nothing from then on.
    @Sendable private func update(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        guard request.accountID(for: caller) == caller.account.id else { throw ChatError.notOneself }
        var form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let changes = Self.changes(&form)
        try form.check()
        // Whoever holds a token must not find the password out by trying.
        if changes.password != nil { try endpoints.countPassword(of: caller) }
        let changed = try await endpoints.community.updateProfile(of: caller.account.id, changes)
        return .json(
            Wire.object { json in
                Wire.selfUser(changed.account, status: endpoints.presence.status(changed.account), to: &json)
                if let login = changed.login { endpoints.tokens.write(login, to: &json) }
            })
    }

    private static func changes(_ form: inout RequestForm) -> ProfileChanges {
        var changes = ProfileChanges()
        changes.username = form.changedText("username")
        changes.displayName = form.change("display_name")
        changes.avatarURL = form.change("avatar_url")
        changes.bio = form.change("bio")
        changes.email = form.change("email")
        if let status = form.changedText("status") {
            changes.status = PresenceStatus(name: status)
            if changes.status == nil {
                form.refuse("status", code: "BASE_TYPE_CHOICES", message: "Must be online, idle, dnd or invisible.")
            }
        }
        if let password = form.changedText("password") {
            changes.password = ProfileChanges.PasswordChange(current: form.text("current_password"), new: password)
        } else {
            _ = form.optionalText("current_password")
        }
        return changes
    }
}

extension PresenceStatus {
    /// The status of that name, as clients choose it (contracts/chat.md 5.5); who wants to be seen as offline is invisible.
    init?(name: String) {
        switch name {
        case "online": self = .online
        case "idle": self = .idle
        case "dnd": self = .dnd
        case "invisible", "offline": self = .invisible
        default: return nil
        }
    }
}
