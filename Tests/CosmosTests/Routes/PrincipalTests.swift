import Community
import Cosmos
import StorageTesting
import Testing

/// contracts/cosmos.md 3.2, 3.3: "One request, one principal."
struct PrincipalTests {
    private static let forged = [("Signature-Input", #"sig1=("@method");tag="cosmos-s2s-v1""#), ("Signature", "sig1=:AAAA:")]

    /// "on failure answer 401; never fall back to anonymous or to the Bearer token".
    @Test func `a signature that fails is nobody's, whatever else is there`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let token = world.peers.token()
            for target in ["/galaxy/g1", "/galaxy/g1/channels", "/galaxy/none"] {
                #expect(try await world.send("GET", target, Self.forged).code == 4101)
                #expect(try await world.send("GET", target, token: token, Self.forged).code == 4101)
            }
        }
    }

    /// "A request with both kinds and no assertion need => metadata principal wins, Authorization ignored."
    @Test(arguments: ["Bearer nonsense", "Basic eDp5"]) func `a good signature outweighs any other credentials`(value: String) async throws
    {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy(more: #","privateFlags":2"#)
            let answer = try await world.sendSigned("GET", "/galaxy/g1", [("Authorization", value)])
            #expect(answer.status == 200 && answer.integer("privateFlags") == 2)
        }
    }

    /// "no tagged member => not S2S (endpoint then needs another principal or answers 401/4100)".
    @Test func `where only servers may come, their signature is what is missing`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            for (method, target) in [("POST", "/galaxy"), ("POST", "/webhooks/metadata"), ("PUT", "/galaxy/g1/members/u2")] {
                #expect(try await world.send(method, target).code == 4100, "\(method) \(target)")
                let person = try await world.send(method, target, token: world.peers.token(), body: "{}")
                #expect(person.status == 401 && person.code == 4100, "\(method) \(target)")
                let other = try await world.send(method, target, [("Signature-Input", #"sig1=("@method");tag="other""#)])
                #expect(other.code == 4100, "\(method) \(target)")
            }
        }
    }

    /// "GET/HEAD/DELETE with a body is refused (400) on signed requests", "Content-Encoding other than identity is refused (415)".
    @Test func `signed requests are what they are`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            for method in ["GET", "HEAD", "DELETE"] {
                let answer = try await world.sendSigned(method, "/galaxy/g1/channels/c1", body: "{}")
                #expect(answer.status == 400, "\(method)")
            }
            let encoded = try await world.sendSigned(
                "POST", "/galaxy", [("Content-Encoding", "gzip")], body: #"{"id":"g2","name":"G","ownerId":"u1"}"#)
            #expect(encoded.status == 415 && encoded.code == 4406)
            let plain = try await world.sendSigned(
                "POST", "/galaxy", [("Content-Encoding", "identity")], body: #"{"id":"g2","name":"G","ownerId":"u1"}"#)
            #expect(plain.status == 201)
        }
    }

    /// contracts/cosmos.md 4: without a metadata server "no S2S peer exists", so there is no key that could be known.
    @Test func `where no metadata server is trusted no signature is`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(sources: [CosmosWorld.identity])) { world in
            let answer = try await world.sendSigned("POST", "/galaxy", body: #"{"id":"g1","name":"G","ownerId":"u1"}"#)
            #expect(answer.status == 401 && answer.code == 4104)
        }
    }

    /// "One Authorization header only."
    @Test func `several credentials are none`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let twice = [("Authorization", "Bearer \(world.peers.token())"), ("Authorization", "Bearer \(world.peers.token())")]
            #expect(try await world.send("GET", "/galaxy/g1/members", twice).code == 4107)
            #expect(try await world.send("GET", "/galaxy/g1", twice).status == 200)
            let channels = try await world.send("GET", "/galaxy/g1/channels", twice)
            #expect(channels.status == 200 && channels.text == "[]" && channels["WWW-Authenticate"] == #"Bearer error="invalid_token""#)
        }
    }

    /// A login of the Chat API is the same account, under its number.
    @Test func `whoever has an account here needs no identity server`() async throws {
        try await CosmosWorld.run(CosmosWorld.Plan(sources: [])) { world in
            let (userID, token) = try await world.register("alice")
            try await world.community.addOperator(userID)
            let body = #"{"id":"g1","name":"G","ownerId":"\#(userID)"}"#
            #expect(try await world.send("POST", "/galaxy", token: token, body: body).status == 201)
            let channel = try await world.send("POST", "/galaxy/g1/channels", token: token, body: #"{"name":"general","type":0}"#)
            #expect(channel.status == 201)
            #expect(try await world.send("GET", "/galaxy/g1/channels", token: token).text.contains("general"))
            world.clock.advance(seconds: 3_601)
            #expect(try await world.send("GET", "/galaxy/g1/members", token: token).status == 401)
        }
    }

    /// `gal`: "outside them the caller counts as a non-member".
    @Test func `a token counts in the galaxies that it names`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy("g1")
            try await world.makeGalaxy("g2")
            let token = world.peers.token(more: #","gal":["g1"]"#)
            let body = #"{"name":"general","type":0}"#
            #expect(try await world.send("POST", "/galaxy/g1/channels", token: token, body: body).status == 201)
            let other = try await world.send("POST", "/galaxy/g2/channels", token: token, body: body)
            #expect(other.status == 403 && other.code == 4202)
            #expect(try await world.send("POST", "/galaxy/g3/channels", token: token, body: body).code == 4300)
            #expect(try await world.send("GET", "/galaxy/g2/channels", token: token).text == "[]")
        }
    }

    /// What a token is limited to must not be lost by changing it for a session.
    @Test func `a session is limited like the token that opened it`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy("g1")
            try await world.makeGalaxy("g2")
            let opened = try await world.send("POST", "/session", token: world.peers.token(more: #","gal":["g1"]"#))
            let session = try #require(opened.string("token"))
            let body = #"{"name":"general","type":0}"#
            #expect(try await world.send("POST", "/galaxy/g1/channels", token: session, body: body).status == 201)
            #expect(try await world.send("POST", "/galaxy/g2/channels", token: session, body: body).code == 4202)
            #expect(try await world.send("GET", "/galaxy/g2/channels", token: session).text == "[]")
        }
    }
}
