import Community
import Cosmos
import Federation
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.6 and 4: local sessions, operators, and proofs of whose server this is.
struct SessionTests {
    private static func open(_ world: CosmosWorld, _ token: String) async throws -> String {
        let answer = try await world.send("POST", "/session", token: token)
        guard answer.status == 200, let session = answer.string("token") else { throw Answer.Unexpected(answer: answer) }
        return session
    }

    /// "200 `{ "token": "cst_" + 43 base64url characters, "expiresAt", "userId" }`; a second use of the jti => 401/4103".
    @Test func `a token opens one session`() async throws {
        try await CosmosWorld.run { world in
            let token = world.peers.token("u7", more: #","name":"Zoe""#)
            let answer = try await world.send("POST", "/session", token: token)
            #expect(answer.status == 200 && answer.string("userId") == "u7")
            #expect(answer.string("token")?.hasPrefix("cst_") == true && answer.string("token")?.utf8.count == 47)
            #expect(answer.string("expiresAt") == "2027-01-15T20:00:00.000Z")
            let again = try await world.send("POST", "/session", token: token)
            #expect(again.status == 401 && again.code == 4103)
            #expect(try await world.community.account(cosmosUser: "u7").username == "Zoe")
        }
    }

    @Test func `a session is as good as a token until it is ended`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let session = try await Self.open(world, world.peers.token())
            world.clock.advance(seconds: 3_600)
            let made = try await world.send("POST", "/galaxy/g1/channels", token: session, body: #"{"name":"general","type":0}"#)
            #expect(made.status == 201)
            #expect(try await world.send("POST", "/session", token: session).status == 401)
            #expect(try await world.send("DELETE", "/session", token: session).status == 204)
            #expect(try await world.send("GET", "/galaxy/g1/members", token: session).code == 4107)
            #expect(try await world.send("DELETE", "/session", token: session).status == 401)
        }
    }

    @Test func `a session that nobody uses ends after twelve hours`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let session = try await Self.open(world, world.peers.token())
            world.clock.advance(seconds: 12 * 3_600 + 1)
            #expect(try await world.send("GET", "/galaxy/g1/members", token: session).code == 4107)
        }
    }

    @Test func `only a session can be ended, and only a token opens one`() async throws {
        try await CosmosWorld.run { world in
            let ended = try await world.send("DELETE", "/session", token: world.peers.token())
            #expect(ended.status == 401 && ended.code == 4008)
            #expect(try await world.send("POST", "/session").code == 4008)
            #expect(try await world.send("POST", "/session", token: "cst_\(String(repeating: "A", count: 43))").code == 4107)
            #expect(try await world.sendSigned("POST", "/session", body: "{}").code == 4008)
        }
    }

    // MARK: Operators

    /// "200 `{"userId"}`; wrong/expired/used 403/4201; already operator 200."
    @Test func `a claim code makes one person an operator`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(operators: [])) { world in
            let code = try await world.community.newClaimCode()
            let answer = try await world.send("POST", "/operators/claim", token: world.peers.token("u7"), body: #"{"code":"\#(code)"}"#)
            #expect(answer.status == 200 && answer.string("userId") == "u7")
            #expect(try await world.community.isOperator("u7"))
            let again = try await world.send("POST", "/operators/claim", token: world.peers.token("u7"), body: #"{"code":"x"}"#)
            #expect(again.status == 200)
            let used = try await world.send("POST", "/operators/claim", token: world.peers.token("u8"), body: #"{"code":"\#(code)"}"#)
            #expect(used.status == 403 && used.code == 4201)
        }
    }

    /// "Separators, case and prefix ignored on input".
    @Test func `a code is taken as people type it`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(operators: [])) { world in
            let changes: [(String) -> String] = [
                { $0 }, { $0.lowercased() }, { $0.replacing("-", with: " ") }, { String($0.dropFirst("COSMOS-".count)) },
            ]
            for (index, change) in changes.enumerated() {
                let code = change(try await world.community.newClaimCode())
                let answer = try await world.send(
                    "POST", "/operators/claim", token: world.peers.token("p\(index)"), body: #"{"code":"\#(code)"}"#)
                #expect(answer.status == 200, "\(index)")
            }
        }
    }

    /// "A token alone makes nothing" (docs/decisions/0010): trying codes leaves no accounts.
    @Test func `a wrong code makes nobody anything`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(operators: [])) { world in
            let answer = try await world.send("POST", "/operators/claim", token: world.peers.token("u7"), body: #"{"code":"wrong"}"#)
            #expect(answer.status == 403 && answer.code == 4201)
            await #expect(throws: CommunityError.unknownAccount) { _ = try await world.community.account(cosmosUser: "u7") }
        }
    }

    /// "5 wrong tries invalidate it (and 429 for 15 minutes for that source address)".
    @Test func `five wrong codes are enough`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(operators: [])) { world in
            let code = try await world.community.newClaimCode()
            for _ in 0..<5 {
                #expect(
                    try await world.send("POST", "/operators/claim", token: world.peers.token(), body: #"{"code":"wrong"}"#).code == 4201)
            }
            let late = try await world.send("POST", "/operators/claim", token: world.peers.token(), body: #"{"code":"\#(code)"}"#)
            #expect(late.status == 429 && late.code == 4602 && late["Retry-After"] != nil)
            world.clock.advance(seconds: 900)
            let void = try await world.send("POST", "/operators/claim", token: world.peers.token(), body: #"{"code":"\#(code)"}"#)
            #expect(void.status == 403 && void.code == 4201)
        }
    }

    /// "answers `text/plain` `<token>.<serverId>` for tokens an operator registered (… 22..128 base64url characters, 10 minutes) …; otherwise 404."
    @Test func `the server answers for ten minutes for what an operator says`() async throws {
        try await CosmosWorld.run { world in
            let token = String(repeating: "a", count: 22)
            let path = "/.well-known/cosmos/challenge/\(token)"
            #expect(try await world.send("GET", path).status == 404)
            let other = try await world.send(
                "POST", "/operators/challenges", token: world.peers.token("u7"), body: #"{"token":"\#(token)"}"#)
            #expect(other.status == 403 && other.code == 4200)
            // Named by the configuration, and never here before.
            let made = try await world.send("POST", "/operators/challenges", token: world.peers.token(), body: #"{"token":"\#(token)"}"#)
            #expect((200...204).contains(made.status))
            let serverID = world.federation.serverKeys.current().signing.publicKey.thumbprint
            let answer = try await world.send("GET", path)
            #expect(answer.status == 200 && answer.text == "\(token).\(serverID)")
            #expect(answer["Content-Type"]?.hasPrefix("text/plain") == true)
            world.clock.advance(seconds: 600)
            #expect(try await world.send("GET", path).status == 404)
        }
    }

    @Test(arguments: [#"{"token":"short"}"#, #"{"token":"aaaaaaaaaaaaaaaaaaaaa."}"#, #"{"token":7}"#, "{}"])
    func `a challenge is base64url of some length`(body: String) async throws {
        try await CosmosWorld.run { world in
            let answer = try await world.send("POST", "/operators/challenges", token: world.peers.token(), body: body)
            #expect(answer.status == 400 && answer.code == 4400 && answer.text.contains("/token"))
        }
    }
}
