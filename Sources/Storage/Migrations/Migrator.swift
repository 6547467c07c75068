internal import Primitives

/// Brings a database to the version of this program.
struct Migrator {
    let schemas: [Schema]
    let isPostgreSQL: Bool

    private struct Applied {
        var component: String
        var version: Int
        var checksum: Int64
    }

    /// Applies what is missing, each step in a transaction of its own.
    ///
    /// - Parameter beforeChanging: called once, with what the first step is called, before it is applied to a database that has been in use.
    /// - Throws: `DatabaseError.newerSchema` or `.checksumMismatch` before anything is changed.
    func run(on connection: any SQLConnection, at now: Timestamp, beforeChanging: (_ step: String) throws -> Void) throws {
        try connection.lockSchema()
        try connection.executeOnce(
            """
            CREATE TABLE IF NOT EXISTS schema_versions (
                component TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, checksum BIGINT NOT NULL, applied_at BIGINT NOT NULL,
                PRIMARY KEY (component, version))
            """)
        let applied = try connection.query("SELECT component, version, checksum FROM schema_versions ORDER BY component, version") { row in
            Applied(component: try row.text(0), version: Int(try row.integer(1)), checksum: try row.integer(2))
        }
        // A part of the house that this program does not have yet.
        if let unknown = applied.last(where: { entry in !schemas.contains { $0.component == entry.component } }) {
            throw DatabaseError.newerSchema(component: unknown.component, found: unknown.version, known: 0)
        }
        let steps = try schemas.flatMap { try missing(of: $0, applied: applied) }
        guard let first = steps.first else { return }
        if !applied.isEmpty { try beforeChanging("\(first.component)-\(first.migration.version)") }
        for (component, migration) in steps {
            try apply(migration, of: component, on: connection, at: now)
        }
    }

    private func missing(of schema: Schema, applied: [Applied]) throws -> [(component: String, migration: Migration)] {
        let known = applied.filter { $0.component == schema.component }
        let latest = schema.migrations.last?.version ?? 0
        if let newer = known.last, newer.version > latest {
            throw DatabaseError.newerSchema(component: schema.component, found: newer.version, known: latest)
        }
        for entry in known where schema.migrations.first(where: { $0.version == entry.version })?.checksum != entry.checksum {
            throw DatabaseError.checksumMismatch(component: schema.component, version: entry.version)
        }
        let done = known.last?.version ?? 0
        return schema.migrations.filter { $0.version > done }.map { (schema.component, $0) }
    }

    private func apply(_ migration: Migration, of component: String, on connection: any SQLConnection, at now: Timestamp) throws {
        try connection.beginWriting()
        do {
            for statement in migration.statements {
                try connection.executeOnce(
                    isPostgreSQL
                        ? statement.replacing("BLOB", with: "BYTEA") : statement.replacing("BIGINT PRIMARY", with: "INTEGER PRIMARY"))
            }
            try connection.execute(
                "INSERT INTO schema_versions (component, version, name, checksum, applied_at) VALUES ($1, $2, $3, $4, $5)",
                [
                    .text(component), .integer(Int64(migration.version)), .text(migration.name), .integer(migration.checksum),
                    .integer(now.microseconds),
                ])
            try connection.commit()
        } catch {
            connection.rollback()
            throw error
        }
    }
}
