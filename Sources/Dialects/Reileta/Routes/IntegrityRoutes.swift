internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// Vouching for people at other servers, and taking the word of other servers for theirs (contracts/reileta.md 2.7, 3.4).
struct IntegrityRoutes {
    /// Times that somebody may be vouched for, in a minute.
    private static let grants = RateLimit(name: "reileta-integrity", capacity: 30, per: .seconds(60))

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/integrity", endpoints.route(.integrity, list))
        router.post("/integrity", endpoints.route(.integrity, vouch))
        router.put("/integrity", endpoints.route(.integrity, admit))
    }

    /// The caller's own server asks another for a token.
    @Sendable private func vouch(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        var form = try await context.form()
        let text = form.required("server", "address")
        try form.check(.integrityInvalidInput)
        guard let address = PeerAddress.normalized(text), !endpoints.identity.isOwn(address) else {
            throw Failure(.integrityInvalidInput, "server: Must be the host of another server, with a port if it has one.")
        }
        _ = try endpoints.services.shared.limits.count(String(caller.account.id.rawValue), Self.grants)
        let user = endpoints.identity.userAt(caller.account.id)
        var body = JSONWriter()
        body.object { $0.member("user", user) }
        let call = PeerCall("PUT", "/api/integrity", body: body.bytes, needsToken: true, bodyLimit: 16_384)
        let (server, data): (PeerServer, JSONValue)
        do {
            (server, data) = try await endpoints.away.counted(endpoints.identity.user(caller.account.id)) {
                try await endpoints.peers.call(call, at: address)
            }
        } catch PeerFailure.refused(_, _, let message) {
            throw Failure(.badDataFromServer, "\(address) has refused: \(message)")
        }
        let granted = try Self.token(in: data, for: user)
        try await endpoints.records.keep(
            IntegrityGrant(
                id: RandomUUID.text(), account: caller.account.id.rawValue, server: server.address, createdAt: context.now,
                // However long the other server says: this is a note for the person.
                expiresAt: min(Timestamp(microseconds: granted.expires * 1_000), context.now.adding(seconds: 7 * 86_400))))
        return context.answer { json in
            json.object { json in
                json.member("server", server.address)
                json.member("user", endpoints.identity.user(caller.account.id))
                json.member("token", granted.token)
                json.member("expires_at", granted.expires)
            }
        }
    }

    private static func token(in data: JSONValue, for user: String) throws(Failure) -> (token: String, expires: Int64) {
        guard let object = try? data.object(), let token = try? object.required("token").string(), (16...512).contains(token.utf8.count),
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let name = try? object.required("user").string(), name == user,
            let expires = try? object.required("expires_at").integer(), (0...253_402_300_799_999).contains(expires)
        else { throw Failure(.badDataFromServer, "The answer is no token for \(user).") }
        return (token, expires)
    }

    /// Another server vouches for one of its people.
    @Sendable private func admit(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let server = try context.server.required()
        var form = try await context.form()
        let name = ObjectName(form.required("user"))
        try form.check(.integrityInvalidInput)
        guard endpoints.isExternalID(name.text), let home = name.address.flatMap(PeerAddress.normalized) else {
            throw Failure(.integrityInvalidInput, "user: Must be u_…@<server>.")
        }
        guard home == server else { throw Failure(.userDontHavePermission, "A server vouches for its own people only.") }
        _ = try endpoints.services.shared.limits.count("\(name.text)@\(server)", Self.grants)
        let external = ExternalName(id: name.text, server: server)
        try await endpoints.countNewcomer(external)
        let person = try await endpoints.people.describe(external)
        let login = try await endpoints.community.openIntegritySession(for: person)
        return context.answer { json in
            json.object { json in
                json.member("id", endpoints.identity.identifiers.text(.integrity, login.sessionID.rawValue))
                json.member("user", person.name.text)
                json.member("token", login.token)
                json.member("expires_at", login.expiresAt.wireMilliseconds)
            }
        }
    }

    /// Where the caller is vouched for; for administrators with `?all` also those of other servers who are vouched for here.
    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let grants = try await endpoints.records.grants(of: caller.account.id.rawValue)
        var admitted: [IntegritySummary] = []
        if context.request.query[first: "all"] != nil {
            guard caller.account.isAdministrator else { throw Failure(.userDontHavePermission, "This needs avr:admin.") }
            admitted = try await endpoints.community.integritySessions()
        }
        return context.answer { json in
            json.array { json in
                for grant in grants {
                    json.object { json in
                        json.member("id", grant.id)
                        json.member("server", grant.server)
                        json.member("user", endpoints.identity.user(caller.account.id))
                        json.member("created_at", grant.createdAt.wireMilliseconds)
                        json.member("expires_at", grant.expiresAt.wireMilliseconds)
                    }
                }
                for session in admitted {
                    json.object { json in
                        json.member("id", endpoints.identity.identifiers.text(.integrity, session.id.rawValue))
                        json.member("user", session.name.text)
                        json.member("created_at", session.createdAt.wireMilliseconds)
                        json.member("expires_at", session.expiresAt.wireMilliseconds)
                    }
                }
            }
        }
    }
}
