public import HTTPClient
public import Primitives
internal import Security
public import Storage

/// Decides which servers are believed, and what they say (contracts/cosmos.md 3).
public final class Federation: Sendable {
    /// What the operator has set.
    public let settings: FederationSettings
    /// This server's own keys.
    public let serverKeys: ServerKeys
    let database: Database
    let directory: KeyDirectory
    let clock: WallClock
    let report: @Sendable (KeyNotice) -> Void
    let audit: @Sendable (KeyChange, Transaction) throws -> Void
    let verified = VerifiedIdentities()

    /// - Parameters:
    ///   - database: opened with `Federation.schema`.
    ///   - sender: fetches key documents.
    ///   - report: hears of what an operator should see.
    ///   - audit: writes down what changes about trust, in the transaction that changes it.
    public init(
        database: Database, sender: OutboundSender, settings: FederationSettings, serverKeys: ServerKeys,
        clock: @escaping WallClock = { .now() },
        report: @escaping @Sendable (KeyNotice) -> Void = { _ in },
        audit: @escaping @Sendable (KeyChange, Transaction) throws -> Void = { _, _ in }
    ) {
        self.settings = settings
        self.serverKeys = serverKeys
        self.database = database
        self.clock = clock
        self.report = report
        self.audit = audit
        directory = KeyDirectory(
            database: database, sender: sender, settings: settings, clock: clock, report: report, audit: audit)
    }

    /// Forgets what counts no more: numbers that could not come back, and tokens of other servers that are over. Call it now and then.
    public func removeExpired() async throws {
        _ = try await database.transaction { tx in
            let now = SQLValue.integer(tx.now.microseconds)
            try tx.execute("DELETE FROM used_numbers WHERE expires_at <= $1", [now])
            // What came of a proof is shown for a while.
            try tx.execute(
                "DELETE FROM challenges WHERE expires_at <= $1", [.integer(tx.now.adding(seconds: -7 * 86_400).microseconds)])
            try tx.execute("DELETE FROM integrity_grants WHERE expires_at <= $1", [now])
            // Servers of which the operator has said nothing, and with which nothing is left.
            try tx.execute(
                "DELETE FROM peers WHERE rule = 0 AND NOT EXISTS (SELECT 1 FROM challenges c WHERE c.server = peers.address)", [])
        }
    }

    /// Something that counts once.
    struct Number: Sendable, Hashable {
        /// Who has made it, and for what.
        var scope: String
        var text: String
    }

    /// Writes down that numbers are used. Of several, those that were new are used also when another was not.
    ///
    /// - Parameter until: when they may be forgotten, because what they belong to does not count any more.
    /// - Throws: `TrustFailure.replayed`; `.unavailable` when it cannot be written: then it must not count.
    func spend(_ numbers: Set<Number>, until: Timestamp) async throws(TrustFailure) {
        let inserted: Int
        do {
            inserted = try await database.transaction { try SingleUse(numbers: numbers, until: until).insert(in: $0) }
        } catch {
            throw .unavailable
        }
        guard inserted == numbers.count else { throw .replayed }
    }
}
