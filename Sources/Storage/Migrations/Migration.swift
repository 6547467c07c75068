/// One step of a schema: forward only, in one transaction.
public struct Migration: Sendable {
    /// Rising from 1 within its component.
    public var version: Int
    /// What it is for, in a few words.
    public var name: String
    /// The statements, the same for both engines. `BLOB` becomes `BYTEA` on PostgreSQL; `BIGINT PRIMARY` becomes `INTEGER PRIMARY` on SQLite, where
    /// only that makes the id the place of the row.
    public var statements: [String]

    /// A step.
    public init(version: Int, name: String, statements: [String]) {
        self.version = version
        self.name = name
        self.statements = statements
    }

    /// Tells whether a migration is still the one that was applied: FNV-1a of its name and statements. Not a protection against intent.
    var checksum: Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in ([name] + statements).joined(separator: "\u{0}").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return Int64(bitPattern: hash)
    }
}

/// The migrations of one part of the house. Each part has its own versions.
public struct Schema: Sendable {
    /// The name of the part, such as `community`.
    public var component: String
    /// Its steps, in order.
    public var migrations: [Migration]

    /// The schema of a part.
    public init(component: String, migrations: [Migration]) {
        self.component = component
        self.migrations = migrations
    }

    /// The event log.
    static let storage = Schema(component: "storage", migrations: EventLog.migrations)
}
