public import Primitives
public import Storage

/// What is kept of other servers of the Reileta kind, for the operator: also while no server runs.
public struct PeerRecords: Sendable {
    private let database: Database
    private let clock: WallClock
    private let audit: @Sendable (PeerChange, Transaction) throws -> Void

    /// - Parameters:
    ///   - database: opened with `Federation.schema`.
    ///   - audit: writes down what changes about trust, in the transaction that changes it.
    public init(
        database: Database, clock: @escaping WallClock = { .now() },
        audit: @escaping @Sendable (PeerChange, Transaction) throws -> Void = { _, _ in }
    ) {
        self.database = database
        self.clock = clock
        self.audit = audit
    }

    /// All servers that are known, by their addresses.
    public func all() async throws -> [KnownPeer] {
        let now = clock()
        return try await database.read { try $0.knownPeers(at: now) }
    }

    /// Lets a server speak for its people whatever the mode, or denies it: then its tokens end. A host that is denied without a port is denied with
    /// all its servers, but for those that have a rule of their own.
    ///
    /// - Parameter besides: what else happens in the same transaction, to what the people of a server hold.
    /// - Returns: the address as it is kept; nil for what is none: then nothing has changed.
    public func setRule(
        _ rule: KnownPeer.Rule, of address: String, besides: @escaping @Sendable (String, Transaction) throws -> Void = { _, _ in }
    ) async throws -> String? {
        guard let address = PeerAddress.normalized(address) else { return nil }
        try await database.transaction { tx in
            try tx.setRule(rule, of: address)
            let isHost = PeerAddress.host(of: address) == address
            for server in [address] + (rule == .denied && isHost ? try tx.servers(ofHost: address) : []) {
                if rule == .denied { for challenge in try tx.challenges(with: server) { try tx.revoke(challenge) } }
                try besides(server, tx)
            }
            try audit(.ruled(address, rule), tx)
        }
        return address
    }

    /// Whether anything is known of a server, or of any server of a host.
    public func isKnown(_ address: String) async throws -> Bool {
        let prefix = address + ":"
        return try await database.read { reader in
            try reader.first(
                "SELECT address FROM peers WHERE seen_at IS NOT NULL AND (address = $1 OR SUBSTR(address, 1, $2) = $3) LIMIT 1",
                [.text(address), .integer(Int64(prefix.unicodeScalars.count)), .text(prefix)]
            ) { _ in true } ?? false
        }
    }

    /// Forgets a server: what was said of it, and all tokens in both directions.
    ///
    /// - Parameter besides: what else happens in the same transaction, to what its people hold.
    /// - Returns: whether anything was known of it.
    public func forget(
        _ address: String, besides: @escaping @Sendable (String, Transaction) throws -> Void = { _, _ in }
    ) async throws -> Bool {
        guard let address = PeerAddress.normalized(address) else { return false }
        return try await database.transaction { tx in
            let rows = try tx.execute("DELETE FROM peers WHERE address = $1", [.text(address)])
            let proofs = try tx.execute("DELETE FROM challenges WHERE server = $1", [.text(address)])
            guard rows + proofs > 0 else { return false }
            try besides(address, tx)
            try audit(.forgotten(address), tx)
            return true
        }
    }

    /// Proofs with one server, or all, the newest first.
    public func challenges(with server: String? = nil) async throws -> [Challenge] {
        try await database.read { try $0.challenges(with: server) }
    }

    /// All of one id: each of two servers may have made it.
    public func challenges(id: String) async throws -> [Challenge] {
        guard Challenge.isID(id) else { return [] }
        return try await database.read { try $0.challenges(id: id) }
    }

    /// Ends a token, or a proof that is under way.
    ///
    /// - Returns: false when it has ended before.
    public func revoke(_ challenge: Challenge) async throws -> Bool {
        try await database.transaction { tx in
            guard try tx.revoke(challenge) else { return false }
            try audit(.revoked(challenge.server, challenge.direction), tx)
            return true
        }
    }

    /// Takes note that somebody of this server was vouched for at another.
    public func keep(_ grant: IntegrityGrant) async throws {
        _ = try await database.transaction { tx in
            try tx.execute(
                "INSERT INTO integrity_grants (id, account_id, server, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                [
                    .text(grant.id), .integer(grant.account), .text(grant.server), .integer(grant.createdAt.microseconds),
                    .integer(grant.expiresAt.microseconds),
                ])
        }
    }

    /// Where somebody of this server is vouched for now, the newest first, at most 100.
    public func grants(of account: Int64) async throws -> [IntegrityGrant] {
        let now = clock()
        return try await database.read { reader in
            try reader.query(
                """
                SELECT id, account_id, server, created_at, expires_at FROM integrity_grants
                WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id LIMIT 100
                """, [.integer(account), .integer(now.microseconds)]
            ) { row in
                IntegrityGrant(
                    id: try row.text(0), account: try row.integer(1), server: try row.text(2),
                    createdAt: Timestamp(microseconds: try row.integer(3)), expiresAt: Timestamp(microseconds: try row.integer(4)))
            }
        }
    }
}

/// Somebody of this server has been vouched for at another (contracts/reileta.md 2.7). The token is the person's and not kept.
public struct IntegrityGrant: Sendable, Equatable {
    /// A UUID.
    public var id: String
    /// The account, by its number.
    public var account: Int64
    /// The other server.
    public var server: String
    /// When.
    public var createdAt: Timestamp
    /// When the token ends.
    public var expiresAt: Timestamp

    /// A note of it.
    public init(id: String, account: Int64, server: String, createdAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.account = account
        self.server = server
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// What has changed about which servers are trusted, for the audit log.
public enum PeerChange: Sendable, Equatable {
    /// The operator has said something of a server.
    case ruled(String, KnownPeer.Rule)
    /// Nothing is known of a server any more.
    case forgotten(String)
    /// A token has been ended.
    case revoked(String, Challenge.Direction)

    /// What happened, in a few words.
    public var description: String {
        switch self {
        case .ruled(let server, .allowed): "allowed the server \(server)"
        case .ruled(let server, .denied): "denied the server \(server)"
        case .ruled(let server, .none): "has no rule for the server \(server) any more"
        case .forgotten(let server): "forgot the server \(server)"
        case .revoked(let server, .outgoing): "ended the own token at \(server)"
        case .revoked(let server, .incoming): "ended the token of \(server)"
        }
    }
}
