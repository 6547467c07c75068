internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// Instances as records (contracts/reileta.md 2.8).
struct InstanceRoutes {
    let endpoints: Endpoints
    let users: UserAnswers
    let places: InstancePlaces

    func mount(on router: inout RouteGroup) {
        router.get("/instances", endpoints.route(.instance, elsewhere: .read(.list(.instance)), list))
        router.get("/instances@:address", endpoints.route(.instance, elsewhere: .read(.list(.instance)), list))
        router.put("/instances", endpoints.route(.instance, elsewhere: .act(.instance), create))
        router.put("/instances@:address", endpoints.route(.instance, elsewhere: .act(.instance), create))
        router.get("/instances/:id", endpoints.route(.instance, elsewhere: .read(.instance), show))
        router.post("/instances/:id", endpoints.route(.instance, update))
        router.delete("/instances/:id", endpoints.route(.instance, delete))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let list = ListQuery(context.request)
        let query = context.request.query
        var filter = InstanceFilter()
        filter.query = list.query
        filter.viewer = context.viewer?.id
        filter.seesAll = context.viewer?.isAdministrator ?? false
        if let viewer = context.viewer { filter.entered = endpoints.rooms.instances(of: viewer.id) }
        if !list.ids.isEmpty { filter.references = list.ids.compactMap { endpoints.instance(ObjectName($0)) } }
        if let world = query[first: "world"], !world.isEmpty {
            let name = ObjectName(world, hasVersion: true)
            filter.world = endpoints.identity.identifiers.reference(.world, name.text) ?? .number(-1)
        }
        if let owner = query[first: "owner"], !owner.isEmpty { filter.owner = try await users.account(named: owner) ?? AccountID(-1) }
        let page = try await endpoints.community.instances(filter, list.window)
        return context.answer(capacity: 1_024 * (page.items.count + 1)) { json in
            // As the first servers of this API answered.
            guard query[first: "format"] != "array" else {
                return json.array { json in for instance in page.items { write(instance, for: context, to: &json) } }
            }
            list.write(page, as: "instances", to: &json) { write($0, for: context, to: &$1) }
        }
    }

    @Sendable private func create(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        var form = try await context.form()
        let id = endpoints.chosenID(.instance, &form)
        let world = form.required("world", "world_ids")
        var changes = try await changes(&form)
        try form.check(.instanceInvalidInput)
        let reference = try await self.world(world, &changes, context)
        let instance = try await endpoints.community.createInstance(changes, of: reference, chosenID: id, by: caller.id)
        return try answer(instance, context)
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        try answer(try await endpoints.instance(of: context), context)
    }

    /// Whether those who are in an instance are named: it is nobody's secret, or one of the caller's own.
    private func isShown(_ instance: Instance, to context: Endpoints.Context) -> Bool {
        if instance.isListed { return true }
        guard let account = context.viewer else { return false }
        return account.id == instance.ownerID || account.isAdministrator
            || endpoints.rooms.players(of: instance.id).contains { $0.account.id == account.id }
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        let selector = try await endpoints.instanceSelector(of: context)
        var form = try await context.form()
        var changes = try await changes(&form)
        let world = form.text("world", "world_ids")
        try form.check(.instanceInvalidInput)
        if let world { changes.world = try await self.world(world, &changes, context) }
        let instance = try await endpoints.community.updateInstance(selector, changes, by: caller.id)
        // There may be more places.
        await places.fill(instance.id)
        return try answer(instance, context)
    }

    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        try await endpoints.community.deleteInstance(try await endpoints.instanceSelector(of: context), by: caller.id)
        return context.answer { $0.value("DELETED") }
    }

    // MARK: Parts

    private func answer(_ instance: Instance, _ context: Endpoints.Context) throws -> HTTPResponse {
        guard instance.hasWorld else { throw Failure(.worldNotFound) }
        return context.answer(capacity: 1_024) { json in
            write(instance, for: context, to: &json)
        }
    }

    private func write(_ instance: Instance, for context: Endpoints.Context, to json: inout JSONWriter) {
        let players = endpoints.rooms.players(of: instance.id)
        context.wire.instance(instance, players: isShown(instance, to: context) ? players : [], connected: players.count, to: &json)
    }

    /// The world that a body names; a version behind its id counts where the body has none of its own.
    private func world(_ text: String, _ changes: inout InstanceChanges, _ context: Endpoints.Context) async throws -> RegistryReference {
        let name = ObjectName(text, hasVersion: true)
        if let address = name.address, !endpoints.identity.isOwn(address) {
            throw Failure(.notImplemented, "Instances of worlds of other servers cannot be made yet.")
        }
        guard let reference = endpoints.identity.identifiers.reference(.world, name.text) else {
            throw Failure(.instanceInvalidInput, "world: Must be an id of a world.")
        }
        if let version = name.version, changes.worldVersion == .keep { changes.worldVersion = .set(version) }
        return reference
    }

    private func changes(_ form: inout RequestForm) async throws -> InstanceChanges {
        var changes = InstanceChanges()
        changes.name = form.text("name")
        changes.title = form.text("title")
        changes.description = form.change("description")
        changes.capacity = form.integer("capacity")
        changes.worldVersion = form.change("version")
        changes.tags = form.texts("tags")
        changes.password = form.change("password")
        if let names = form.texts("whitelist") { changes.whitelist = .set(names) }
        if let names = form.texts("moderators") {
            guard names.count <= Limits.moderators else {
                form.refuse("moderators", "Must be at most \(Limits.moderators) people.")
                return changes
            }
            var moderators: [AccountID] = []
            for name in names {
                guard let account = try await users.account(named: name) else {
                    form.refuse("moderators", "There is nobody called \(name).")
                    continue
                }
                moderators.append(account)
            }
            changes.moderators = moderators
        }
        return changes
    }
}

extension Endpoints {
    /// Which instance the path names: by its id, or by its name, with or without `#` in front.
    func instanceSelector(of context: Context) async throws -> InstanceSelector {
        let name = ObjectName(context.parameter("id"))
        try await requireHere(name.address, context)
        guard let selector = instance(name) else { throw Failure(.instanceInvalidInput, "\(name.text) names no instance.") }
        return selector
    }

    /// The instance that the path names.
    func instance(of context: Context) async throws -> Instance {
        try await community.instance(try await instanceSelector(of: context))
    }

    /// Which instance a name means; nil for what can name none.
    func instance(_ name: ObjectName) -> InstanceSelector? {
        if let reference = identity.identifiers.reference(.instance, name.text) { return .reference(reference) }
        let text = name.text.hasPrefix("#") ? String(name.text.dropFirst()) : name.text
        guard Limits.instanceName.contains(text.unicodeScalars.count) else { return nil }
        return .name(text)
    }
}
