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
    let verified = VerifiedIdentities()

    /// - Parameters:
    ///   - database: opened with `Federation.schema`.
    ///   - sender: fetches key documents.
    ///   - report: hears of what an operator should see.
    public init(
        database: Database, sender: OutboundSender, settings: FederationSettings, serverKeys: ServerKeys,
        clock: @escaping WallClock = { .now() },
        report: @escaping @Sendable (KeyNotice) -> Void = { _ in }
    ) {
        self.settings = settings
        self.serverKeys = serverKeys
        self.database = database
        self.clock = clock
        self.report = report
        directory = KeyDirectory(database: database, sender: sender, settings: settings, clock: clock, report: report)
    }

    /// Forgets numbers that could not come back any more. Call it now and then.
    public func removeExpired() async throws {
        _ = try await database.transaction { tx in
            try tx.execute("DELETE FROM used_numbers WHERE expires_at <= $1", [.integer(tx.now.microseconds)])
        }
    }

    /// Something that counts once.
    struct Number: Sendable, Hashable {
        /// Who has made it, and for what.
        var scope: String
        var text: String
    }

    /// Writes down that a number is used, in one statement that fails for the second one who comes.
    ///
    /// Of several, those that were new are used also when another was not.
    ///
    /// - Parameter until: when they may be forgotten, because what they belong to does not count any more.
    /// - Throws: `TrustFailure.replayed`; `.unavailable` when it cannot be written: then it must not count.
    func spend(_ numbers: Set<Number>, until: Timestamp) async throws(TrustFailure) {
        let inserted: Int
        do {
            inserted = try await database.transaction { tx in
                try numbers.reduce(into: 0) { inserted, number in
                    inserted += try tx.execute(
                        "INSERT INTO used_numbers (scope, number, expires_at) VALUES ($1, $2, $3) ON CONFLICT (scope, number) DO NOTHING",
                        [.text(number.scope), .text(number.text), .integer(until.microseconds)])
                }
            }
        } catch {
            throw .unavailable
        }
        guard inserted == numbers.count else { throw .replayed }
    }
}
