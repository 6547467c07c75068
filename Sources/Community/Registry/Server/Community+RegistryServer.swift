internal import JSON
internal import Primitives
internal import Security
internal import Storage

/// What the registry says of this server.
extension Community {
    /// The server as it is kept; it is made when there is none yet.
    public func registryServer() async throws -> RegistryServer {
        if let server = try await read({ try $0.registryServer() }) { return server }
        return try await write { tx in
            if let server = try tx.registryServer() { return server }
            let server = RegistryServer(key: SecureRandom.bytes(32), createdAt: tx.now, updatedAt: tx.now)
            try tx.keep(server)
            return server
        }
    }

    /// Changes what the server says of itself. The event `serverUpdated` is committed with it.
    ///
    /// - Throws: `CommunityError.invalid`, `.missingTag`.
    public func updateRegistryServer(_ changes: RegistryServerChanges, by actor: AccountID) async throws -> RegistryServer {
        try changes.check()
        return try await write { tx in
            guard try tx.registryUser(actor).account.isAdministrator else { throw CommunityError.missingTag(AccountTag.admin) }
            guard let present = try tx.registryServer() else { throw CommunityError.busy }
            var server = present
            server.title = changes.title?.trimmed ?? present.title
            server.description = changes.description.emptyAsNone.applied(to: present.description)
            server.iconURL = changes.iconURL.emptyAsNone.applied(to: present.iconURL)
            server.isSecure = changes.isSecure ?? present.isSecure
            server.address = changes.address ?? present.address
            guard server != present else { return present }
            server.updatedAt = tx.now
            try tx.keep(server)
            try tx.audit(.serverChanged, by: actor, subject: 0)
            tx.append(.serverUpdated(server))
            return server
        }
    }
}

extension SQLReader {
    /// Nil when it was never asked for.
    func registryServer() throws -> RegistryServer? {
        let stored = try first("SELECT value FROM settings WHERE name = $1", [.text(SettingName.registryServer)]) { try $0.blob(0) }
        return try stored.map { try RegistryServer(json: $0) }
    }
}

extension Transaction {
    fileprivate func keep(_ server: RegistryServer) throws {
        try execute(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(SettingName.registryServer), .blob(server.json)])
    }
}

extension RegistryServer {
    fileprivate init(json: [UInt8]) throws {
        let object = try JSONValue.parse(json).object()
        guard let key = Hex.decode(try object.required("key").string()), key.count == 32 else {
            throw DatabaseError.unexpectedColumn(column: 0, expected: "a key of 32 bytes")
        }
        self.init(
            key: key,
            createdAt: Timestamp(microseconds: try object.required("created_at").integer()),
            updatedAt: Timestamp(microseconds: try object.required("updated_at").integer()), title: try object.optional("title")?.string(),
            description: try object.optional("description")?.string(), iconURL: try object.optional("icon")?.string(),
            isSecure: try object.optional("secure")?.bool(), address: try object.optional("address")?.string())
    }

    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("key", Hex.encode(key))
            json.member("created_at", createdAt.microseconds)
            json.member("updated_at", updatedAt.microseconds)
            json.member("title", title)
            json.member("description", description)
            json.member("icon", iconURL)
            if let isSecure { json.member("secure", isSecure) }
            json.member("address", address)
        }
        return json.bytes
    }
}
