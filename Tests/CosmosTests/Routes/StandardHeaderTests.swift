import Cosmos
import HTTP
import JSON
import Primitives
import StorageTesting
import Testing

/// contracts/cosmos.md 5.2, 10: what every answer carries, whatever it says.
struct StandardHeaderTests {
    private static let requests: [(method: String, target: String, status: Int)] = [
        ("GET", "/meta", 200), ("HEAD", "/meta", 200), ("GET", "/v1/meta", 200), ("GET", "/galaxy/g1", 404),
        ("GET", "/v1/galaxies/g1", 404),
        ("POST", "/galaxy", 401), ("POST", "/galaxy/g1/channels", 401), ("POST", "/webhooks/metadata", 401), ("POST", "/session", 401),
        ("POST", "/operators/claim", 401), ("GET", "/.well-known/jwks.json", 200), ("GET", "/.well-known/cosmos/challenge/x", 404),
        ("GET", "/v2/meta", 400), ("DELETE", "/meta", 405), ("GET", "/galaxy/g1/nothing/at/all", 404), ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/galaxies/g1", 405), ("OPTIONS", "/galaxy/g1/channels", 204), ("GET", "/webhooks/1/x/y/z", 404),
        ("GET", "/v1/webhooks/1/x/y/z", 404), ("GET", "/webhooks/metadata", 405), ("GET", "/v1/webhooks/1/x/github", 405),
        ("GET", "/api/v10/webhooks/1/x/y/z", 404), ("GET", "/api/webhooks/1/x/slack", 405), ("GET", "/hooks/x", 405),
        ("GET", "/v1/hooks/x/y", 404), ("GET", "/webhooks/1/x", 404), ("GET", "/v1/webhooks/1/x", 404),
    ]

    /// "Every response has `Cosmos-Version: <int>`"; "X-Content-Type-Options nosniff".
    @Test func `every answer tells its version and is what it says it is`() async throws {
        try await CosmosWorld.run { world in
            for (method, target, status) in Self.requests {
                let answer = try await world.send(method, target)
                #expect(answer.status == status, "\(method) \(target)")
                #expect(answer.headers.all("Cosmos-Version") == ["1"], "\(method) \(target)")
                #expect(answer.headers.all("X-Content-Type-Options") == ["nosniff"], "\(method) \(target)")
                if status >= 400, method != "HEAD" { #expect(answer["Content-Type"] == "application/problem+json", "\(method) \(target)") }
            }
        }
    }

    /// The same where answers are plain words, as senders of Slack and Mattermost want them.
    @Test(arguments: ["/webhooks/1/x/slack", "/v1/webhooks/1/x/slack", "/hooks/x", "/v1/hooks/x"])
    func `plain answers tell it as well`(target: String) async throws {
        try await CosmosWorld.run { world in
            let answer = try await world.send("POST", target)
            #expect(answer.status == 404 && answer["Cosmos-Version"] == "1" && answer["X-Content-Type-Options"] == "nosniff")
        }
    }

    /// The same for what is no request at all.
    @Test func `what was not understood is answered like the rest`() {
        let answer = Answer(CosmosDialect.errorResponse(.malformed("x")))
        #expect(answer.status == 400 && answer.code == 4400 && answer["Cosmos-Version"] == "1")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
    }

    /// "responses that depended on the header have `Vary: Cosmos-Version`".
    @Test func `only who names a version gets an answer that depends on it`() async throws {
        try await CosmosWorld.run { world in
            #expect(try await world.send("GET", "/meta", [("Cosmos-Version", "1")]).headers.all("Vary") == ["Cosmos-Version"])
            #expect(try await world.send("GET", "/meta").headers.all("Vary").isEmpty)
            let refused = try await world.send("GET", "/meta", [("Cosmos-Version", "2")])
            #expect(refused.status == 400 && refused.code == 4600 && refused.headers.all("Vary") == ["Cosmos-Version"])
            #expect(try await world.send("GET", "/v1/meta", [("Cosmos-Version", "2")]).code == 4600)
            #expect(try await world.send("GET", "/meta", [("Cosmos-Version", "one")]).code == 4400)
        }
    }

    /// "Every 401 on an endpoint that takes S2S carries `Accept-Signature`".
    @Test func `servers that are not believed hear how to sign`() async throws {
        try await CosmosWorld.run { world in
            let expected =
                #"cosmos=("@method" "@authority" "@path" "@query" "content-digest" "content-type");created;expires;alg="ed25519";tag="cosmos-s2s-v1""#
            for (method, target) in [
                ("POST", "/galaxy"), ("POST", "/galaxy/g1/channels"), ("POST", "/webhooks/metadata"), ("PUT", "/galaxy/g1/members/u2"),
                ("GET", "/galaxy/g1"), ("GET", "/galaxy/g1/channels"), ("DELETE", "/galaxy/g1/channels/c1"),
            ] {
                let forged = [("Signature-Input", #"sig1=("@method");tag="cosmos-s2s-v1""#), ("Signature", "sig1=:AAAA:")]
                let answer = try await world.send(method, target, forged)
                #expect(answer.status == 401 && answer.code == 4101, "\(method) \(target)")
                #expect(answer.headers.all("Accept-Signature") == [expected], "\(method) \(target)")
            }
            #expect(try await world.send("POST", "/session")["Accept-Signature"] == nil)
        }
    }

    /// contracts/cosmos.md 10, "CORS": "`*`; … No CORS on /webhooks/*, /hooks/*, S2S-only calls."
    @Test func `pages of all origins may use what browsers use`() async throws {
        try await CosmosWorld.run { world in
            for target in ["/meta", "/galaxy/g1", "/v1/galaxies/g1/channels", "/session", "/operators/claim", "/.well-known/jwks.json"] {
                let preflight = try await world.send(
                    "OPTIONS", target, [("Origin", "https://ui.example"), ("Access-Control-Request-Method", "GET")])
                #expect(preflight.status == 204 && preflight.headers.all("Access-Control-Allow-Origin") == ["*"], "\(target)")
                #expect(preflight["Access-Control-Allow-Methods"] == "GET, POST, PUT, PATCH, DELETE")
                #expect(preflight["Access-Control-Allow-Headers"] == "authorization, content-type, cosmos-version, dpop")
                #expect(preflight["Access-Control-Max-Age"] == "600")
                let answer = try await world.send("GET", target, [("Origin", "https://ui.example")])
                #expect(answer.headers.all("Access-Control-Allow-Origin") == ["*"], "\(target)")
                #expect(answer["Access-Control-Expose-Headers"]?.contains("www-authenticate") == true)
                #expect(answer["Access-Control-Allow-Credentials"] == nil)
            }
            let hidden = try await world.send("POST", "/webhooks/metadata", [("Origin", "https://ui.example")])
            #expect(hidden["Access-Control-Allow-Origin"] == nil)
        }
    }

    /// contracts/cosmos.md 5.3: "A deprecated version … answers normally and adds"; "Same data in /meta.deprecations."
    @Test func `a version that will end says so everywhere, and then is gone`() async throws {
        let start = Timestamp(seconds: 1_800_000_000)
        let plan = CosmosWorld.Plan(settings: { settings in
            settings.deprecations = [
                CosmosSettings.Deprecation(
                    version: 1, deprecatedAt: start, sunsetAt: start.adding(seconds: 180 * 86_400), link: "https://galaxy.example.com/end")
            ]
        })
        try await CosmosWorld.run(plan) { world in
            for target in ["/meta", "/galaxy/none", "/v1/galaxy/none/channels"] {
                let answer = try await world.send("GET", target)
                #expect(answer["Deprecation"] == "@1800000000" && answer["Sunset"] == "Wed, 14 Jul 2027 08:00:00 GMT")
                #expect(answer["Link"]?.contains("rel=\"deprecation\"") == true)
            }
            let meta = try await world.send("GET", "/meta")
            let list = try #require(try meta.object?["deprecations"]?.array())
            let entry = try #require(list.first).object()
            #expect(try entry["v"]?.integer() == 1 && entry["deprecatedAt"]?.string() == "2027-01-15T08:00:00.000Z")
            #expect(try entry["sunsetAt"]?.string() == "2027-07-14T08:00:00.000Z")
            #expect(try entry["link"]?.string() == "https://galaxy.example.com/end")
            world.clock.advance(seconds: 180 * 86_400)
            let gone = try await world.send("GET", "/galaxy/none")
            #expect(gone.status == 410 && gone.code == 4601 && gone["Link"]?.contains("/end") == true)
        }
    }
}
