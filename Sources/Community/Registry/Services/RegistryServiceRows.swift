internal import JSON
internal import Primitives
internal import Storage

extension RegistryService {
    /// From the columns id, chosen_id, owner_id, title, description, version, url, tags, requirements, created_at, updated_at.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: RegistryServiceID(try row.integer(0)), chosenID: try row.optionalText(1), ownerID: AccountID(try row.integer(2)),
            title: try row.text(3), description: try row.optionalText(4), version: try row.text(5), url: try row.optionalText(6),
            tags: RegistryText.list(try row.text(7)), requirements: try Self.requirements(in: try row.text(8)),
            createdAt: Timestamp(microseconds: try row.integer(9)), updatedAt: Timestamp(microseconds: try row.integer(10)))
    }

    private static func requirements(in text: String) throws -> [Requirement] {
        try JSONValue.parse(Array(text.utf8)).array().map { entry in
            let entry = try entry.object()
            return Requirement(
                id: try entry.required("id").string(), version: try entry.optional("version")?.string(),
                isRequired: try entry.required("required").bool())
        }
    }

    /// What it needs, as it stands in the database.
    fileprivate var requirementsText: String {
        var json = JSONWriter()
        json.array { json in
            for requirement in requirements {
                json.object { json in
                    json.member("id", requirement.id)
                    json.member("version", requirement.version)
                    json.member("required", requirement.isRequired)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension SQLReader {
    /// A service by its number; nil when it is gone.
    func service(_ id: RegistryServiceID) throws -> RegistryService? {
        try first(
            """
            SELECT id, chosen_id, owner_id, title, description, version, url, tags, requirements, created_at, updated_at
            FROM services WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { try RegistryService($0) }
    }

    /// - Throws: `CommunityError.unknownService`.
    func service(_ reference: RegistryReference) throws -> RegistryService {
        let id = try first(
            "SELECT id FROM services WHERE id = $1 AND chosen_id IS NULL OR chosen_id = $2", reference.parameters
        ) { RegistryServiceID(try $0.integer(0)) }
        guard let id, let service = try service(id) else { throw CommunityError.unknownService }
        return service
    }

    /// Services whose title has a text in it, the newest first.
    func services(matching query: String?, _ window: RegistryWindow) throws -> RegistryPage<RegistryService> {
        // No name has such a text, and PostgreSQL does not take it.
        guard query?.isStorable ?? true else { return RegistryPage(total: 0, items: []) }
        let pattern = SQLValue.text(RegistryText.pattern(query))
        let total = try first("SELECT COUNT(*) FROM services WHERE title_key LIKE $1 ESCAPE '!'", [pattern]) { Int(try $0.integer(0)) }
        let ids = try self.query(
            "SELECT id FROM services WHERE title_key LIKE $1 ESCAPE '!' ORDER BY id DESC LIMIT $2 OFFSET $3",
            [pattern, .integer(Int64(window.limit)), .integer(Int64(window.offset))]
        ) { RegistryServiceID(try $0.integer(0)) }
        return RegistryPage(total: total ?? 0, items: try ids.compactMap { try service($0) })
    }
}

extension Transaction {
    func insert(_ service: RegistryService) throws {
        try execute(
            """
            INSERT INTO services (
                id, chosen_id, owner_id, title, title_key, description, version, url, tags, requirements, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
            """,
            [.integer(service.id.rawValue), .optional(service.chosenID), .integer(service.ownerID.rawValue)] + service.columns
                + [.integer(now.microseconds)])
    }

    func update(_ service: RegistryService) throws {
        try execute(
            """
            UPDATE services SET title = $1, title_key = $2, description = $3, version = $4, url = $5, tags = $6, requirements = $7,
                updated_at = $8
            WHERE id = $9
            """, service.columns + [.integer(service.updatedAt.microseconds), .integer(service.id.rawValue)])
    }

    /// Removes a service, and tells it.
    func remove(_ service: RegistryService) throws {
        try execute("DELETE FROM services WHERE id = $1", [.integer(service.id.rawValue)])
        append(.serviceChanged(service, .deleted))
    }
}

extension RegistryService {
    fileprivate var columns: [SQLValue] {
        [
            .text(title), .text(title.folded), .optional(description), .text(version), .optional(url), .text(RegistryText.joined(tags)),
            .text(requirementsText),
        ]
    }
}
