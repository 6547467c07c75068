public import Primitives
public import Security
public import Storage

/// The rules of the community, for all dialects (DESIGN section 7): who may do what, and what is written when they do.
///
/// Everything that decides runs inside one transaction, which checks, writes the rows and writes the event together. When a function returns, what it
/// changed is on disk; when it throws, nothing was changed, unless its documentation says otherwise. Functions throw `CommunityError` for what is
/// refused and `DatabaseError` for what failed.
public final class Community: Sendable {
    let database: Database
    let passwordHasher: PasswordHasher
    /// What the operator has set.
    public let settings: CommunitySettings
    let clock: WallClock
    /// Who of other servers has been here.
    public let externalNames = ExternalNames()
    let sessionUses = SessionUses()
    let setupAttempts = AttemptLimiter(limit: Limits.setupAttempts, blockSeconds: Limits.setupAttemptSeconds)

    /// - Parameters:
    ///   - database: opened with `Community.schema` and `Schema.blobs`.
    ///   - passwordHasher: hashes and checks passwords on its own threads.
    ///   - settings: what the operator has set.
    ///   - clock: the present time of everything that is read; transactions have the database's clock, which should be the same.
    public init(
        database: Database, passwordHasher: PasswordHasher, settings: CommunitySettings = CommunitySettings(),
        clock: @escaping WallClock = { .now() }
    ) {
        self.database = database
        self.passwordHasher = passwordHasher
        self.settings = settings
        self.clock = clock
    }

    /// Makes the home space at the first start, and what a migration cannot make in SQL. Call it once before serving; further calls change nothing.
    public func prepare() async throws {
        try await write { try $0.completeNameKeys() }
        let name = settings.serverName.trimmed.isEmpty ? "Roost" : String(settings.serverName.trimmed.prefix(Limits.spaceName.upperBound))
        let draft = try SpaceDraft(name: name, description: nil, iconURL: nil)
        do {
            try await write { tx in
                guard try tx.homeSpace() == nil else { return }
                try tx.insertSpace(draft, owner: nil, isHome: true)
            }
        } catch DatabaseError.uniqueViolation {
            // Another node has made it at the same moment.
        }
        try await loadExternalNames()
    }

    /// Removes what has expired: ended and expired logins, nonces, invites to spaces, old invites to channels, claim codes, challenges, people who did not
    /// come back from signing in, numbers of deliveries, what is known of revoked tokens, and of candidates of instances who were refused or did not come. Call it now and then, such as every ten minutes.
    public func removeExpired() async throws {
        try await write { tx in
            let now = SQLValue.integer(tx.now.microseconds)
            // A login that was ended has no tokens any more.
            try tx.execute("DELETE FROM session_tokens WHERE session_id IN (SELECT id FROM sessions WHERE expires_at <= $1)", [now])
            try tx.execute("DELETE FROM sessions WHERE expires_at <= $1", [now])
            try tx.execute("DELETE FROM sessions WHERE ended_at IS NOT NULL")
            try tx.execute(
                "DELETE FROM message_nonces WHERE created_at <= $1", [.integer(tx.now.adding(seconds: -Limits.nonceSeconds).microseconds)])
            try tx.execute("DELETE FROM space_invites WHERE expires_at <= $1", [now])
            try tx.execute("DELETE FROM claim_codes WHERE expires_at <= $1", [now])
            try tx.execute("DELETE FROM sign_in_flows WHERE expires_at <= $1", [now])
            try tx.execute("DELETE FROM ownership_challenges WHERE expires_at <= $1", [now])
            try tx.execute(
                "DELETE FROM received_deliveries WHERE received_at <= $1",
                [.integer(tx.now.adding(seconds: -Limits.deliverySeconds).microseconds)])
            try tx.execute(
                "DELETE FROM revoked_tokens WHERE revoked_before <= $1",
                [.integer(tx.now.adding(seconds: -Limits.revokedTokenSeconds).microseconds)])
            // Of those that are accepted, whoever holds their places tells.
            try tx.execute("DELETE FROM instance_candidates WHERE expires_at <= $1 AND state IN (3, 4)", [now])
            try tx.execute(
                "DELETE FROM channel_invites WHERE decided_at <= $1",
                [.integer(tx.now.adding(seconds: -Limits.decidedInviteSeconds).microseconds)])
        }
    }

    // MARK: The database

    /// Runs a transaction; a full queue is `CommunityError.busy`.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
        do {
            return try await database.transaction(body)
        } catch DatabaseError.queueFull {
            throw CommunityError.busy
        }
    }

    /// Reads a little through indexes.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    /// Reads what may be long.
    func scan<Value: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> Value) async throws -> Value {
        try await database.scan(body)
    }

    // MARK: Passwords

    /// Hashes a password on the hasher's threads, before and never inside a transaction.
    func hash(_ password: String) async throws -> String {
        try await hash(.typed(password))
    }

    /// The same of a password that a client may have hashed before it sent it.
    func hash(_ password: PasswordSecret) async throws -> String {
        do {
            return try await passwordHasher.hash(password.passwordDigest)
        } catch PasswordHasherError.busy {
            throw CommunityError.busy
        }
    }

    /// Whether the password is right. Without a stored hash: no, after the same time.
    func verify(_ password: String, against stored: String?) async throws -> Bool {
        try await verify(.typed(password), against: stored)
    }

    /// The same of a password that a client may have hashed before it sent it.
    func verify(_ password: PasswordSecret, against stored: String?) async throws -> Bool {
        do {
            return try await passwordHasher.verify(password.passwordDigest, against: stored)
        } catch PasswordHasherError.busy {
            throw CommunityError.busy
        }
    }
}
