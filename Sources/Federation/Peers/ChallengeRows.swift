internal import Primitives
internal import Storage

extension Challenge {
    /// From the columns id, direction, server, state, created_at, expires_at.
    init(_ row: Row) throws {
        self.init(
            id: try row.text(0), direction: Direction(rawValue: try row.integer(1)) ?? .incoming, server: try row.text(2),
            state: State(rawValue: try row.integer(3)) ?? .revoked, createdAt: Timestamp(microseconds: try row.integer(4)),
            expiresAt: Timestamp(microseconds: try row.integer(5)))
    }
}

extension SQLReader {
    /// The nonce of a proof that another server may look at now.
    func pendingChallenge(_ id: String, at now: Timestamp) throws -> (challenge: Challenge, nonce: String)? {
        let found = try first(
            """
            SELECT id, direction, server, state, created_at, expires_at, nonce FROM challenges
            WHERE id = $1 AND direction = 0 AND state = 0 AND expires_at > $2 AND nonce IS NOT NULL
            """, [.text(id), .integer(now.microseconds)]
        ) { (challenge: try Challenge($0), nonce: try $0.text(6)) }
        return found
    }

    /// All of one id: each of two servers may have made it.
    func challenges(id: String) throws -> [Challenge] {
        try query(
            "SELECT id, direction, server, state, created_at, expires_at FROM challenges WHERE id = $1 ORDER BY direction, server",
            [.text(id)]
        ) { try Challenge($0) }
    }

    /// The newest first, at most 1 000.
    ///
    /// - Parameter server: those with one server; nil: all.
    func challenges(with server: String?) throws -> [Challenge] {
        try query(
            """
            SELECT id, direction, server, state, created_at, expires_at FROM challenges
            WHERE (server = $1 OR $1 IS NULL) ORDER BY created_at DESC, id LIMIT 1000
            """, [.optional(server)]
        ) { try Challenge($0) }
    }

    /// The token to show at a server, the one that is good for longest.
    func outgoingToken(for server: String, at now: Timestamp) throws -> (token: String, createdAt: Timestamp, expiresAt: Timestamp)? {
        try first(
            """
            SELECT token, created_at, expires_at FROM challenges
            WHERE server = $1 AND direction = 0 AND state = 1 AND expires_at > $2 AND token IS NOT NULL ORDER BY expires_at DESC LIMIT 1
            """, [.text(server), .integer(now.microseconds)]
        ) { row in
            (
                token: try row.text(0), createdAt: Timestamp(microseconds: try row.integer(1)),
                expiresAt: Timestamp(microseconds: try row.integer(2))
            )
        }
    }

    /// Which server a token was made for.
    func server(tokenHash: [UInt8], at now: Timestamp) throws -> String? {
        try first(
            "SELECT server FROM challenges WHERE token_hash = $1 AND direction = 1 AND state = 1 AND expires_at > $2",
            [.blob(tokenHash), .integer(now.microseconds)]
        ) { try $0.text(0) }
    }

    /// What the operator has said of a server at the command line.
    func rule(of server: String) throws -> KnownPeer.Rule {
        try first("SELECT rule FROM peers WHERE address = $1", [.text(server)]) {
            KnownPeer.Rule(rawValue: try $0.integer(0)) ?? .none
        } ?? .none
    }

    /// The servers of a host, with their ports, of which the operator has said nothing.
    func servers(ofHost host: String) throws -> [String] {
        let prefix = host + ":"
        return try query(
            "SELECT address FROM peers WHERE rule = 0 AND SUBSTR(address, 1, $1) = $2 ORDER BY address",
            [.integer(Int64(prefix.unicodeScalars.count)), .text(prefix)]
        ) { try $0.text(0) }
    }

    /// All servers that are known, those with a rule first, then by their addresses, at most 10 000.
    func knownPeers(at now: Timestamp) throws -> [KnownPeer] {
        let live = try query(
            "SELECT DISTINCT server, direction FROM challenges WHERE state = 1 AND expires_at > $1", [.integer(now.microseconds)]
        ) { (server: try $0.text(0), direction: Challenge.Direction(rawValue: try $0.integer(1))) }
        let authenticated = Set(live.filter { $0.direction == .outgoing }.map(\.server))
        let authorized = Set(live.filter { $0.direction == .incoming }.map(\.server))
        return try query("SELECT address, rule, title, seen_at FROM peers ORDER BY rule DESC, address LIMIT 10000", []) { row in
            let address = try row.text(0)
            return KnownPeer(
                address: address, rule: KnownPeer.Rule(rawValue: try row.integer(1)) ?? .none, title: try row.optionalText(2),
                seenAt: try row.optionalInteger(3).map { Timestamp(microseconds: $0) },
                isAuthenticated: authenticated.contains(address), isAuthorized: authorized.contains(address))
        }
    }
}

extension Transaction {
    func insert(_ challenge: Challenge, nonce: String? = nil, tokenHash: [UInt8]? = nil) throws {
        try execute(
            """
            INSERT INTO challenges (id, direction, server, state, nonce, token_hash, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(challenge.id), .integer(challenge.direction.rawValue), .text(challenge.server), .integer(challenge.state.rawValue),
                .optional(nonce), tokenHash.map { .blob($0) } ?? .null, .integer(challenge.createdAt.microseconds),
                .integer(challenge.expiresAt.microseconds),
            ])
    }

    /// Takes note of a server, and of what it calls itself.
    func note(_ server: PeerServer) throws {
        try execute(
            """
            INSERT INTO peers (address, rule, title, http, seen_at, created_at) VALUES ($1, 0, $2, $3, $4, $4)
            ON CONFLICT (address) DO UPDATE SET title = excluded.title, http = excluded.http, seen_at = excluded.seen_at
            """,
            [.text(server.address), .text(server.title), .text(server.http), .integer(now.microseconds)])
    }

    /// Says what the operator thinks of a server.
    func setRule(_ rule: KnownPeer.Rule, of server: String) throws {
        try execute(
            """
            INSERT INTO peers (address, rule, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (address) DO UPDATE SET rule = excluded.rule
            """, [.text(server), .integer(rule.rawValue), .integer(now.microseconds)])
    }

    /// Ends a token, or a proof that is under way.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func revoke(_ challenge: Challenge) throws -> Bool {
        try execute(
            """
            UPDATE challenges SET state = 3, nonce = NULL, token = NULL, token_hash = NULL, expires_at = $4
            WHERE id = $1 AND direction = $2 AND server = $3 AND state < 2
            """,
            [
                .text(challenge.id), .integer(challenge.direction.rawValue), .text(challenge.server), .integer(now.microseconds),
            ]) == 1
    }
}
