internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// The assets of worlds (contracts/reileta.md 2.5, "Assets").
struct AssetRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let path = "/worlds/:world/assets"
        router.get(path, endpoints.route(.asset, elsewhere: .read(.list(.asset)), list))
        router.put(path, endpoints.route(.asset, create))
        router.get("\(path)/:asset", endpoints.route(.asset, elsewhere: .read(.asset), show))
        router.post("\(path)/:asset", endpoints.route(.asset, update))
        router.delete("\(path)/:asset", endpoints.route(.asset, delete))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let world = try await endpoints.community.world(try await endpoints.world(context))
        let list = ListQuery(context.request)
        let query = context.request.query
        var filter = WorldAssetFilter()
        filter.versions = Set(query.all("version").flatMap { $0.split(separator: ",").map(String.init) })
        filter.engine = query[first: "engine"].flatMap { $0.isEmpty ? nil : $0 }
        filter.platform = query[first: "platform"].flatMap { $0.isEmpty ? nil : Self.platform($0) }
        filter.includesEmpty = query[first: "empty"] != nil
        let assets = try await endpoints.community.assets(of: world.id, filter)
        let page = RegistryPage(total: assets.count, items: Array(assets.dropFirst(list.window.offset).prefix(list.window.limit)))
        let id = endpoints.identity.world(world)
        return context.answer(capacity: 1_024 + page.items.count * 768) { json in
            list.write(page, as: "assets", to: &json) { context.wire.asset($0, of: id, to: &$1) }
        }
    }

    @Sendable private func create(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let world = try await endpoints.world(context)
        var form = try await context.form()
        let id = endpoints.chosenID(.asset, &form)
        let changes = self.changes(&form)
        for (name, value) in [("version", changes.version), ("engine", changes.engine), ("platform", changes.platform)] where value == nil {
            form.refuse(name, "Is missing, or not one of the server's.")
        }
        try form.check(.worldAssetInvalidInput)
        let build = WorldAsset.Build(
            version: changes.version ?? "", engine: changes.engine ?? "", platform: changes.platform ?? "")
        let asset = try await endpoints.community.createAsset(of: world, changes, build: build, chosenID: id, by: caller.account.id)
        return try await answer(asset, of: world, context)
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let world = try await endpoints.world(context)
        let asset = try await endpoints.community.asset(try await endpoints.reference(.asset, "asset", context), of: world)
        return try await answer(asset, of: world, context)
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let world = try await endpoints.world(context)
        let reference = try await endpoints.reference(.asset, "asset", context)
        var form = try await context.form()
        let changes = self.changes(&form)
        try form.check(.worldAssetInvalidInput)
        let asset = try await endpoints.community.updateAsset(reference, of: world, changes, by: caller.account.id)
        return try await answer(asset, of: world, context)
    }

    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let world = try await endpoints.world(context)
        let reference = try await endpoints.reference(.asset, "asset", context)
        try await endpoints.community.deleteAsset(reference, of: world, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }

    private func answer(_ asset: WorldAsset, of world: RegistryReference, _ context: Endpoints.Context) async throws -> HTTPResponse {
        let id = endpoints.identity.world(try await endpoints.community.world(world))
        return context.answer { context.wire.asset(asset, of: id, to: &$0) }
    }

    /// Old clients have another word for macOS.
    private static func platform(_ text: String) -> String { text == "mac" ? "macos" : text }

    private func changes(_ form: inout RequestForm) -> WorldAssetChanges {
        var changes = WorldAssetChanges()
        changes.version = form.text("version")
        if let engine = form.text("engine") {
            if endpoints.settings.engines.contains(engine) {
                changes.engine = engine
            } else {
                form.refuse("engine", "Must be one of \(endpoints.settings.engines.joined(separator: ", ")).")
            }
        }
        if let platform = form.text("platform").map(Self.platform) {
            if endpoints.settings.platforms.contains(platform) {
                changes.platform = platform
            } else {
                form.refuse("platform", "Must be one of \(endpoints.settings.platforms.joined(separator: ", ")).")
            }
        }
        changes.external = external(&form)
        return changes
    }

    /// A file elsewhere. What it hashes to and how large it is, its owner has to know.
    private func external(_ form: inout RequestForm) -> WorldAsset.File? {
        let url = form.text("url")
        var digest: [UInt8]?
        if let hash = form.text("hash") {
            digest = Hex.decode(hash).flatMap { $0.count == 32 ? $0 : nil }
            if digest == nil { form.refuse("hash", "Must be a SHA-256 in 64 hexadecimal digits.") }
        }
        let size = form.integer("size") ?? 0
        // Clients keep it in 32 bits.
        if !(0...Int(Int32.max)).contains(size) { form.refuse("size", "Must be 0 to \(Int32.max) bytes.") }
        guard let url else { return nil }
        return .external(url: url, digest: digest, size: Int64(size))
    }
}

extension Endpoints {
    /// The world that the path of one of its assets names.
    ///
    /// - Throws: `Failure` 24 for what is no id of a world.
    func world(_ context: Context) async throws -> RegistryReference {
        do {
            return try await reference(.world, "world", context)
        } catch let failure as Failure where failure.code == .worldAssetInvalidInput {
            throw Failure(.worldInvalidInput, failure.detail)
        }
    }
}
