internal import Community
internal import HTTP
internal import JSON

/// Where people begin (contracts/reileta.md 2.3, "Home"). On the wire a home is the world itself.
struct HomeRoutes {
    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        router.get("/users/:id/home", endpoints.route(.user, elsewhere: .read(.world), show))
        router.post("/users/:id/home", endpoints.route(.user, update))
        router.delete("/users/:id/home", endpoints.route(.user, remove))
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        if user.id != caller.account.id {
            guard try await endpoints.may(AccountTag.readHome, caller) else {
                throw Failure(.userDontHavePermission, "This needs \(AccountTag.readHome).")
            }
        }
        return try await answer(user, context)
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        var form = try await context.form()
        var home = form.text("home")
        if home == nil {
            let id = form.required("id")
            let version = form.text("version")
            let server = form.text("server")
            home = id + (version.map { ":\($0)" } ?? "") + (server.map { "@\($0)" } ?? "")
        }
        try form.check(.userInvalidInput)
        var changes = RegistryUserChanges()
        changes.home = .set(try await Self.checked(home ?? "", endpoints, context))
        let changed = try await endpoints.community.updateRegistryUser(user.id, changes, by: caller.account.id, session: caller.id)
        return try await answer(changed, context)
    }

    @Sendable private func remove(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        var changes = RegistryUserChanges()
        changes.home = .set(nil)
        _ = try await endpoints.community.updateRegistryUser(user.id, changes, by: caller.account.id, session: caller.id)
        return context.answer { $0.value("DELETED") }
    }

    /// A home as it is kept: `<id>[:<version>]`, of a world that there is.
    static func checked(_ text: String, _ endpoints: Endpoints, _ context: Endpoints.Context) async throws -> String {
        let name = ObjectName(text, hasVersion: true)
        try await endpoints.requireHere(name.address, context)
        guard let reference = endpoints.identity.identifiers.reference(.world, name.text), (name.version ?? "").unicodeScalars.count <= 32
        else { throw Failure(.userInvalidInput, "home: Must name a world, with a version of at most 32 characters if it has one.") }
        _ = try await endpoints.community.world(reference)
        return name.text + (name.version.map { ":\($0)" } ?? "")
    }

    /// The world of somebody, or the server's when there is none.
    private func answer(_ user: RegistryUser, _ context: Endpoints.Context) async throws -> HTTPResponse {
        let own = try await world(user.home)
        let fallback = own == nil ? try await world(endpoints.settings.fallbackWorld) : nil
        guard let world = own ?? fallback else { throw Failure(.worldNotFound) }
        var filter = WorldAssetFilter()
        filter.includesEmpty = context.request.query[first: "empty"] != nil
        let assets = try await endpoints.community.assets(of: world.id, filter)
        return context.answer { context.wire.world(world, assets: assets, isFallback: own == nil, to: &$0) }
    }

    private func world(_ text: String?) async throws -> World? {
        guard let name = text.map({ ObjectName($0, hasVersion: true) }), name.address.map(endpoints.identity.isOwn) ?? true,
            let reference = endpoints.identity.identifiers.reference(.world, name.text)
        else { return nil }
        do {
            return try await endpoints.community.world(reference)
        } catch CommunityError.unknownWorld {
            return nil
        }
    }
}
