internal import Community
internal import HTTP
internal import JSON

/// People (contracts/reileta.md 2.3).
struct UserRoutes {
    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        router.get("/users", endpoints.route(.user, elsewhere: .read(.list(.user)), list))
        router.get("/users/search", endpoints.route(.user, elsewhere: .read(.list(.user)), list))
        router.get("/users/:id", endpoints.route(.user, elsewhere: .read(.user), show))
        router.post("/users/:id", endpoints.route(.user, update))
        router.delete("/users/:id", endpoints.route(.user, delete))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let list = ListQuery(context.request)
        var page = RegistryPage<RegistryUser>(total: 0, items: [])
        if context.request.query[first: "friends"] != nil { return try await friends(list, context) }
        if !list.ids.isEmpty {
            let found = try await endpoints.community.registryUsers(list.ids.compactMap(users.ownSelector))
            page = RegistryPage(
                total: found.count, items: Array(found.dropFirst(list.window.offset).prefix(list.window.limit)))
        } else if let query = list.query {
            page = try await endpoints.community.registryUsers(matching: query, list.window)
        }
        return context.answer(capacity: 1_024 * (page.items.count + 1)) { json in
            list.write(page, as: "users", to: &json) { context.wire.user($0, to: &$1) }
        }
    }

    /// Those who follow the caller as the caller follows them (contracts/reileta.md 4.2).
    private func friends(_ list: ListQuery, _ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required().account.id
        let all = try await endpoints.community.following(of: caller).friends
        var shown: [UserAnswers.Written] = []
        for user in try await endpoints.community.registryUsers(
            all.dropFirst(list.window.offset).prefix(list.window.limit).map { .id($0) })
        {
            shown.append(try await users.shown(user, to: context))
        }
        return context.answer(capacity: 1_024 * (shown.count + 1)) { json in
            list.write(RegistryPage(total: all.count, items: shown), as: "users", to: &json) { $0(&$1) }
        }
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        if context.parameter("id") == "@me" {
            let user = try await users.own(try context.anybody().id, through: context.wire)
            return context.answer(user)
        }
        switch try await users.target(context) {
        case .root: return context.answer { context.wire.root(to: &$0) }
        case .person(let user): return context.answer(try await users.shown(user, to: context))
        }
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        var form = try await context.form()
        if let id = form.text("id"), endpoints.identity.account(ObjectName(id).text) != user.id {
            form.refuse("id", "Is somebody else's than the path names.")
        }
        let changes = try await changes(&form, context)
        try form.check(.userInvalidInput)
        let changed = try await endpoints.community.updateRegistryUser(user.id, changes, by: caller.account.id, session: caller.id)
        if context.parameter("id") == "@me" { return context.answer(try await users.own(changed.id, through: context.wire)) }
        return context.answer(try await users.shown(changed, to: context))
    }

    private func changes(_ form: inout RequestForm, _ context: Endpoints.Context) async throws -> RegistryUserChanges {
        var changes = RegistryUserChanges()
        changes.profile.username = form.text("username")
        if changes.profile.username?.lowercased() == "root" { form.refuse("username", "Is the server's own.") }
        changes.profile.displayName = form.change("display")
        if changes.profile.displayName == .keep { changes.profile.displayName = form.change("displayname") }
        changes.profile.bio = form.change("description")
        changes.profile.email = form.change("email")
        changes.password = form.text("password").map { PasswordSecret($0) }
        changes.tags = form.texts("tags")
        if let status = form.text("status") {
            changes.profile.status = Self.statuses[status]
            if changes.profile.status == nil { form.refuse("status", "Must be online, away, busy or offline.") }
        }
        switch form.change("home") {
        case .keep: break
        case .set(nil): changes.home = .set(nil)
        case .set(let home?): changes.home = .set(try await HomeRoutes.checked(home, endpoints, context))
        }
        return changes
    }

    private static let statuses: [String: PresenceStatus] = ["online": .online, "away": .idle, "busy": .dnd, "offline": .invisible]

    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        guard case .person(let user) = try await users.target(context) else {
            throw Failure(.userCannotDelete, "The server itself has no account.")
        }
        try await endpoints.community.deleteRegistryUser(user.id, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }
}
