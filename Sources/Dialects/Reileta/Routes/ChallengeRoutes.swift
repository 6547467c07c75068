internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// How servers prove to each other who they are (contracts/reileta.md 2.6, 3.2).
struct ChallengeRoutes {
    /// Proofs that are asked for from one network, in a minute: each makes this server ask another.
    private static let claims = RateLimit(name: "reileta-challenges", capacity: 20, per: .seconds(60))

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/challenges", endpoints.route(.challenge, list))
        router.put("/challenges", endpoints.route(.challenge, create))
        // The first document of this API has it misspelt once.
        for path in ["/challenges/:id", "/chalnges/:id"] {
            router.get(path, endpoints.route(.challenge, show))
            router.delete(path, endpoints.route(.challenge, revoke))
        }
        router.get("/servers", endpoints.route(.server, servers))
    }

    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let all: [Challenge]
        if case .none = context.server {
            try requireAdministrator(context)
            all = try await endpoints.records.challenges()
        } else {
            all = try await endpoints.records.challenges(with: try context.server.required())
        }
        let list = ListQuery(context.request)
        let page = RegistryPage(total: all.count, items: Array(all.dropFirst(list.window.offset).prefix(list.window.limit)))
        return context.answer(capacity: 256 * (page.items.count + 1)) { json in
            list.write(page, as: "challenges", to: &json) { Self.write($0, to: &$1) }
        }
    }

    /// Another server proves itself here, or an administrator has this one prove itself at another.
    @Sendable private func create(_ context: Endpoints.Context) async throws -> HTTPResponse {
        var form = try await context.form()
        let server = form.required("server")
        let id = form.text("id")
        let hash = form.text("nonce_hash")
        try form.check(.challengeInvalidInput)
        guard id != nil || hash != nil else { return try await begin(server, context) }
        _ = try endpoints.services.shared.limits.count(endpoints.network(of: context.request), Self.claims)
        guard let id, let hash, let address = PeerAddress.normalized(server), !endpoints.identity.isOwn(address) else {
            throw Failure(.challengeInvalidInput, "server, id and nonce_hash belong together, and the server is another.")
        }
        let claim = ChallengeClaim(server: server, id: id, nonceHash: hash)
        guard claim.isWellFormed else {
            throw Failure(
                .challengeInvalidInput, "id: Must be c_ and a UUID; nonce_hash: Must be 64 hexadecimal digits, both in lower case.")
        }
        let (challenge, token) = try await endpoints.peers.admit(claim)
        return context.answer { Self.write(challenge, token: token, to: &$0) }
    }

    private func begin(_ server: String, _ context: Endpoints.Context) async throws -> HTTPResponse {
        try requireAdministrator(context)
        guard PeerAddress.normalized(server) != nil else {
            throw Failure(.challengeInvalidInput, "server: Must be a host, with a port if it has one.")
        }
        let challenge = try await endpoints.peers.challenge(server)
        return context.answer { Self.write(challenge, to: &$0) }
    }

    @Sendable private func show(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let id = context.parameter("id")
        if let (challenge, nonce) = try await endpoints.peers.pendingNonce(id) {
            return context.answer { json in
                json.object { json in
                    json.member("id", challenge.id)
                    json.member("server", challenge.server)
                    json.member("state", challenge.state.word)
                    json.member("nonce", nonce)
                }
            }
        }
        guard let challenge = try await mine(id, context).first else { throw Failure(.challengeNotFound) }
        return context.answer { Self.write(challenge, to: &$0) }
    }

    @Sendable private func revoke(_ context: Endpoints.Context) async throws -> HTTPResponse {
        var isRevoked = false
        for challenge in try await mine(context.parameter("id"), context) where try await endpoints.records.revoke(challenge) {
            isRevoked = true
        }
        guard isRevoked else { throw Failure(.challengeNotFound) }
        return context.answer { $0.value("DELETED") }
    }

    /// Those of an id that the caller may look at: its own, or all for an administrator.
    private func mine(_ id: String, _ context: Endpoints.Context) async throws -> [Challenge] {
        let found = try await endpoints.records.challenges(id: id)
        if case .none = context.server {
            try requireAdministrator(context)
            return found
        }
        let server = try context.server.required()
        return found.filter { $0.server == server }
    }

    /// The servers that this one knows, for its administrators.
    @Sendable private func servers(_ context: Endpoints.Context) async throws -> HTTPResponse {
        try requireAdministrator(context)
        let list = ListQuery(context.request)
        let all = try await endpoints.records.all().filter { peer in list.query.map { peer.address.contains($0.lowercased()) } ?? true }
        let page = RegistryPage(total: all.count, items: Array(all.dropFirst(list.window.offset).prefix(list.window.limit)))
        return context.answer(capacity: 256 * (page.items.count + 1)) { json in
            list.write(page, as: "servers", to: &json) { peer, json in
                json.object { json in
                    json.member("address", peer.address)
                    json.present("title", peer.title)
                    json.present("rule", peer.rule == .allowed ? "allow" : peer.rule == .denied ? "deny" : nil)
                    json.member("authenticated", peer.isAuthenticated)
                    json.member("authorized", peer.isAuthorized)
                    if let seenAt = peer.seenAt { json.member("seen_at", seenAt.wireMilliseconds) }
                }
            }
        }
    }

    private func requireAdministrator(_ context: Endpoints.Context) throws(Failure) {
        guard try context.required().account.isAdministrator else { throw Failure(.userDontHavePermission, "This needs avr:admin.") }
    }

    /// Challenge (4.7).
    private static func write(_ challenge: Challenge, token: String? = nil, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", challenge.id)
            json.member("server", challenge.server)
            json.member("direction", challenge.direction.word)
            json.member("state", challenge.state.word)
            json.present("token", token)
            json.member("created_at", challenge.createdAt.wireMilliseconds)
            json.member("expires_at", challenge.expiresAt.wireMilliseconds)
        }
    }
}
