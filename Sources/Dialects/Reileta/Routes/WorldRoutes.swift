internal import Community
internal import HTTP
internal import JSON

/// Worlds (contracts/reileta.md 2.5).
struct WorldRoutes {
    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        router.get("/worlds", endpoints.route(.world, elsewhere: .read(.list(.world)), list))
        router.get("/worlds/search", endpoints.route(.world, elsewhere: .read(.list(.world)), list))
        router.put("/worlds", endpoints.route(.world, create))
        router.get("/worlds/:world", endpoints.route(.world, elsewhere: .read(.world), show))
        router.post("/worlds/:world", endpoints.route(.world, update))
        router.delete("/worlds/:world", endpoints.route(.world, delete))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let list = ListQuery(context.request)
        var filter = WorldFilter()
        filter.query = list.query
        filter.viewer = context.caller?.account.id
        filter.seesAll = context.caller?.account.isAdministrator ?? false
        if !list.ids.isEmpty {
            filter.references = list.ids.compactMap {
                endpoints.identity.identifiers.reference(.world, ObjectName($0, hasVersion: true).text)
            }
        }
        let owner = context.request.query[first: "user_id"] ?? context.request.query[first: "owner"]
        if let owner, !owner.isEmpty { filter.owner = try await users.account(named: owner) ?? AccountID(-1) }
        let page = try await endpoints.community.worlds(filter, list.window)
        let includesEmpty = context.request.query[first: "empty"] != nil
        var shown: [(world: World, assets: [WorldAsset])] = []
        for world in page.items { shown.append((world, try await assets(of: world, includesEmpty))) }
        return context.answer(capacity: 1_024 * (shown.count + 1)) { json in
            list.write(RegistryPage(total: page.total, items: shown), as: "worlds", to: &json) {
                context.wire.world($0.world, assets: $0.assets, to: &$1)
            }
        }
    }

    @Sendable private func create(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        var form = try await context.form()
        let id = endpoints.chosenID(.world, &form)
        let changes = Self.changes(&form)
        try form.check(.worldInvalidInput)
        let world = try await endpoints.community.createWorld(changes, chosenID: id, by: caller.account.id)
        return context.answer { context.wire.world(world, assets: [], to: &$0) }
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let world = try await endpoints.community.world(try await endpoints.reference(.world, "world", context))
        let assets = try await assets(of: world, context.request.query[first: "empty"] != nil)
        return context.answer(capacity: 1_024 + assets.count * 384) { context.wire.world(world, assets: assets, to: &$0) }
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.world, "world", context)
        var form = try await context.form()
        let changes = Self.changes(&form)
        try form.check(.worldInvalidInput)
        let world = try await endpoints.community.updateWorld(reference, changes, by: caller.account.id)
        let assets = try await assets(of: world, false)
        return context.answer { context.wire.world(world, assets: assets, to: &$0) }
    }

    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.world, "world", context)
        try await endpoints.community.deleteWorld(reference, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }

    private static func changes(_ form: inout RequestForm) -> WorldChanges {
        var changes = WorldChanges()
        changes.title = form.text("title")
        changes.description = form.change("description")
        changes.capacity = form.integer("capacity")
        changes.tags = form.texts("tags")
        return changes
    }

    private func assets(of world: World, _ includesEmpty: Bool) async throws -> [WorldAsset] {
        var filter = WorldAssetFilter()
        filter.includesEmpty = includesEmpty
        return try await endpoints.community.assets(of: world.id, filter)
    }
}
