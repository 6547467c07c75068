internal import Community
internal import HTTP
internal import JSON

/// Services (contracts/reileta.md 2.4).
struct ServiceRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/services", endpoints.route(.service, elsewhere: .read(.list(.service)), list))
        router.put("/services", endpoints.route(.service, create))
        router.get("/services/:id", endpoints.route(.service, elsewhere: .read(.service), show))
        router.post("/services/:id", endpoints.route(.service, update))
        router.delete("/services/:id", endpoints.route(.service, delete))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let list = ListQuery(context.request)
        let references =
            list.ids.isEmpty ? nil : list.ids.compactMap { endpoints.identity.identifiers.reference(.service, ObjectName($0).text) }
        let page = try await endpoints.community.services(matching: list.query, references: references, list.window)
        return context.answer(capacity: 1_024 * (page.items.count + 1)) { json in
            list.write(page, as: "services", to: &json) { context.wire.service($0, to: &$1) }
        }
    }

    @Sendable private func create(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        var form = try await context.form()
        let id = endpoints.chosenID(.service, &form)
        _ = form.required("title")
        let changes = Self.changes(&form)
        try form.check(.serviceInvalidInput)
        let service = try await endpoints.community.createService(changes, chosenID: id, by: caller.account.id)
        return context.answer { context.wire.service(service, to: &$0) }
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let service = try await endpoints.community.service(try await endpoints.reference(.service, "id", context))
        return context.answer { context.wire.service(service, to: &$0) }
    }

    @Sendable private func update(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.service, "id", context)
        var form = try await context.form()
        let changes = Self.changes(&form)
        try form.check(.serviceInvalidInput)
        let service = try await endpoints.community.updateService(reference, changes, by: caller.account.id)
        return context.answer { context.wire.service(service, to: &$0) }
    }

    @Sendable private func delete(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.service, "id", context)
        try await endpoints.community.deleteService(reference, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }

    private static func changes(_ form: inout RequestForm) -> RegistryServiceChanges {
        var changes = RegistryServiceChanges()
        changes.title = form.text("title")
        if form.isNull("title") { form.refuse("title", "Cannot be removed.") }
        changes.description = form.change("description")
        changes.version = form.text("version")
        changes.url = form.change("url")
        changes.tags = form.texts("tags")
        changes.requirements = requirements(&form)
        return changes
    }

    /// Each an id, or an object with one and with one version or several.
    private static func requirements(_ form: inout RequestForm) -> [RegistryService.Requirement]? {
        guard let value = form.value("require") else { return nil }
        guard let entries = try? value.array() else {
            form.refuse("require", "Must be a list.")
            return nil
        }
        let requirements = entries.compactMap { entry -> RegistryService.Requirement? in
            if let id = try? entry.string() { return .init(id: id, version: nil, isRequired: true) }
            guard let object = try? entry.object(), let id = try? object.required("id").string() else { return nil }
            let version = object.optional("version")
            let text = (try? version?.string()) ?? (try? version?.array().compactMap { try? $0.string() }.joined(separator: " "))
            return .init(
                id: id, version: text?.isEmpty == true ? nil : text, isRequired: (try? object.optional("required")?.bool()) ?? true)
        }
        if requirements.count != entries.count { form.refuse("require", "Each must be an id, or an object with an id.") }
        return requirements.isEmpty ? nil : requirements
    }
}
