internal import HTTPClient
internal import JSON
internal import Primitives
internal import Security
internal import Storage

/// Proving who a server is by calling it back (contracts/reileta.md 3.2).
extension Peers {
    /// How long a nonce is shown, in seconds.
    static let pendingSeconds: Int64 = 60
    /// How long a token is good, in seconds.
    static let tokenSeconds: Int64 = 30 * 86_400
    /// A token that ends sooner is renewed, in seconds.
    static let renewalSeconds: Int64 = 86_400
    /// Tokens of one server that are good at a time.
    static let tokenLimit = 8

    // MARK: This server at others

    /// The token that this server has at another; nil when it has none that is good for another day.
    func heldToken(at server: String) async throws -> String? {
        let now = clock()
        let held = try await database.read { try $0.outgoingToken(for: server, at: now) }
        guard let held else { return nil }
        // Of a short token a tenth of its time.
        let lifetime = (held.expiresAt.microseconds - held.createdAt.microseconds) / 1_000_000
        return held.expiresAt > now.adding(seconds: min(Self.renewalSeconds, lifetime / 10)) ? held.token : nil
    }

    /// Proves to another server who this one is.
    ///
    /// - Throws: `PeerFailure`, `DatabaseError`.
    public func challenge(_ address: String, deadline: PeerDeadline = PeerDeadline()) async throws -> Challenge {
        try await prove(to: try await find(address, deadline: deadline), deadline: deadline).challenge
    }

    /// A new token at a server. Of many who need one at once, one asks, and the others get what it has got.
    ///
    /// - Parameter old: one that counts no more; nil: there is none.
    func renewToken(at server: PeerServer, replacing old: String?, deadline: PeerDeadline) async throws -> String {
        try await proofs.value(for: server.address) {
            // Somebody else may have renewed it just now.
            if let held = try await heldToken(at: server.address), held != old { return held }
            return try await prove(to: server, deadline: deadline).token
        }
    }

    private func prove(to server: PeerServer, deadline: PeerDeadline) async throws -> (challenge: Challenge, token: String) {
        let now = clock()
        var challenge = Challenge(
            id: "c_\(RandomUUID.text())", direction: .outgoing, server: server.address, state: .pending, createdAt: now,
            expiresAt: now.adding(seconds: Self.pendingSeconds))
        let nonce = OpaqueToken().text
        let made = challenge
        try await database.transaction { tx in
            try tx.note(server)
            try tx.insert(made, nonce: nonce)
        }
        do {
            let granted = try await ask(server, made, nonce: nonce, deadline: deadline)
            challenge.state = .accepted
            challenge.expiresAt = granted.expiresAt
            let accepted = challenge
            try await database.transaction { tx in
                // The older tokens are another's no longer: each is replaced by the newest.
                try tx.execute(
                    """
                    UPDATE challenges SET state = 3, token = NULL, expires_at = $1 WHERE server = $2 AND direction = 0 AND state = 1
                    """, [.integer(tx.now.microseconds), .text(accepted.server)])
                let kept = try tx.execute(
                    """
                    UPDATE challenges SET state = 1, nonce = NULL, token = $1, expires_at = $2
                    WHERE id = $3 AND direction = 0 AND state = 0
                    """, [.text(granted.token), .integer(accepted.expiresAt.microseconds), .text(accepted.id)])
                guard kept == 1 else { throw PeerFailure.unproven(reason: "It was ended meanwhile.") }
            }
            return (challenge, granted.token)
        } catch {
            _ = try await database.transaction { tx in
                try tx.execute(
                    "UPDATE challenges SET state = 2, nonce = NULL WHERE id = $1 AND direction = 0 AND state = 0", [.text(made.id)])
            }
            throw error
        }
    }

    private func ask(
        _ server: PeerServer, _ challenge: Challenge, nonce: String, deadline: PeerDeadline
    ) async throws(PeerFailure) -> (token: String, expiresAt: Timestamp) {
        var json = JSONWriter()
        json.object { json in
            json.member("server", own.address())
            json.member("id", challenge.id)
            json.member("nonce_hash", Hex.encode(SHA256.hash(nonce.utf8)))
        }
        let response = try await send(
            "PUT", server.http + "/api/challenges", body: json.bytes, bodyLimit: 16_384, deadline: deadline, isNested: true)
        let answer = try PeerAnswer(response.body, rules: rules)
        if let error = answer.error { throw .refused(code: error.code, status: error.status, message: error.message) }
        guard let data = answer.data else { throw .noData }
        guard let object = try? data.object(), let id = try? object.required("id").string(), id == challenge.id,
            let name = try? object.required("server").string(), PeerAddress.normalized(name) == own.address().lowercased(),
            let token = try? object.required("token").string(), (16...512).contains(token.utf8.count),
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let expires = try? object.required("expires_at").integer(),
            (clock().microseconds / 1_000...Self.farthestMilliseconds).contains(expires)
        else { throw .badStructure(reason: "no token") }
        // Another server does not say how long this one remembers.
        let end = Timestamp(microseconds: expires * 1_000)
        return (token, min(end, clock().adding(seconds: Self.tokenSeconds)))
    }

    /// The end of the year 9999.
    private static let farthestMilliseconds: Int64 = 253_402_300_799_999

    /// The nonce that another server may look at, as long as a proof is under way.
    public func pendingNonce(_ id: String) async throws -> (challenge: Challenge, nonce: String)? {
        guard Challenge.isID(id) else { return nil }
        let now = clock()
        return try await database.read { try $0.pendingChallenge(id, at: now) }
    }

    // MARK: Others at this server

    /// Lets another server prove who it is: calls it back at the address that it claims.
    ///
    /// - Returns: the proof, with the token for the other server: it is not kept.
    /// - Throws: `PeerFailure.unknownServer`, `.blocked`, `.unproven`; `DatabaseError`.
    public func admit(
        _ claim: ChallengeClaim, deadline: PeerDeadline = PeerDeadline()
    ) async throws -> (challenge: Challenge, token: String) {
        guard claim.isWellFormed, let hash = Hex.decode(claim.nonceHash),
            let address = PeerAddress.normalized(claim.server), !own.isOwn(address)
        else { throw PeerFailure.unproven(reason: "The claim is no good.") }
        try await requireWelcome(address)
        let server = try await claimant(of: address, deadline: deadline)
        // What it calls itself may be another address.
        try await requireWelcome(server.address)
        guard server.address == address else { throw PeerFailure.unproven(reason: "Its address is \(server.address).") }
        try await callBack(server, claim.id, hash, deadline: deadline)
        let token = OpaqueToken.long()
        let now = clock()
        let challenge = Challenge(
            id: claim.id, direction: .incoming, server: server.address, state: .accepted, createdAt: now,
            expiresAt: now.adding(seconds: Self.tokenSeconds))
        try await database.transaction { tx in
            try tx.note(server)
            guard try tx.challenges(id: challenge.id).isEmpty else {
                throw PeerFailure.unproven(reason: "The id was used before.")
            }
            try tx.insert(challenge, tokenHash: token.hash)
            try tx.execute(
                """
                UPDATE challenges SET state = 3, token_hash = NULL, expires_at = $3 WHERE server = $1 AND direction = 1 AND state = 1 AND id NOT IN (
                    SELECT id FROM challenges WHERE server = $1 AND direction = 1 AND state = 1 ORDER BY created_at DESC, id LIMIT $2)
                """, [.text(challenge.server), .integer(Int64(Self.tokenLimit)), .integer(tx.now.microseconds)])
        }
        return (challenge, token.text)
    }

    /// Who is at an address. It may have taken it since it was last looked for, when it was another's alias: then it is looked for anew.
    private func claimant(of address: String, deadline: PeerDeadline) async throws(PeerFailure) -> PeerServer {
        let known = try await find(address, deadline: deadline)
        if known.address == address { return known }
        return try await findAnew(address, deadline: deadline) ?? known
    }

    private func callBack(_ server: PeerServer, _ id: String, _ hash: [UInt8], deadline: PeerDeadline) async throws(PeerFailure) {
        let answer: PeerAnswer
        do throws(PeerFailure) {
            let response = try await send("GET", "\(server.http)/api/challenges/\(id)", bodyLimit: 16_384, deadline: deadline)
            answer = try PeerAnswer(response.body, rules: rules)
        } catch .busy(let reason) {
            throw .busy(reason: reason)
        } catch {
            throw .unproven(reason: "It does not answer.")
        }
        guard answer.error == nil, let object = try? answer.data?.object(), let name = try? object.required("server").string(),
            PeerAddress.normalized(name) == own.address().lowercased(),
            let state = try? object.required("state").string(), state == Challenge.State.pending.word,
            let nonce = try? object.required("nonce").string(), constantTimeEquals(SHA256.hash(nonce.utf8), hash)
        else { throw .unproven(reason: "It does not show the nonce.") }
    }

    /// Which server a token belongs to; nil for one that is unknown or over.
    ///
    /// - Throws: `PeerFailure.blocked` for one that the operator does not want any more; `DatabaseError`.
    public func server(presenting token: String) async throws -> String? {
        guard token.utf8.count <= 512 else { return nil }
        let hash = OpaqueToken(text: token).hash
        let now = clock()
        guard let server = try await database.read({ try $0.server(tokenHash: hash, at: now) }) else { return nil }
        try await requireWelcome(server)
        return server
    }

    /// Whether the operator lets a server speak for its people.
    ///
    /// - Throws: `PeerFailure.blocked`.
    public func requireWelcome(_ address: String) async throws {
        let rule = try await requireNotDenied(address)
        let isAllowed = settings.allowed.contains { PeerAddress.normalized($0) == address }
        guard settings.mode == .open || rule == .allowed || isAllowed else { throw PeerFailure.blocked }
    }

    /// A host that is denied without a port is denied on all of them.
    ///
    /// - Returns: what the operator has said of the address.
    /// - Throws: `PeerFailure.blocked`.
    @discardableResult
    func requireNotDenied(_ address: String) async throws -> KnownPeer.Rule {
        let host = PeerAddress.host(of: address)
        let (rule, ofHost) = try await database.read { (try $0.rule(of: address), try $0.rule(of: host)) }
        let isNamed = settings.denied.contains { [address, host].contains(PeerAddress.normalized($0)) }
        guard rule != .denied, ofHost != .denied || rule == .allowed, !isNamed else { throw PeerFailure.blocked }
        return rule
    }
}
