import Cosmos
import HTTP
import StorageTesting
import Testing

/// contracts/cosmos.md 7.3, 10: who may look at a galaxy.
struct GalaxySightTests {
    private static let closed = CosmosWorld.Plan(settings: { $0.hasPublicGalaxyInfo = false })

    /// "(then 404 to anonymous and non-members)".
    @Test func `a closed galaxy is there for its members and servers only`() async throws {
        try await CosmosWorld.run(Self.closed) { world in
            try await world.makeGalaxy()
            try await world.makeGalaxy("g2")
            #expect(try await world.sendSigned("PUT", "/galaxy/g2/members/u2").status == 201)
            #expect(try await world.send("GET", "/galaxy/g1").code == 4300)
            #expect(try await world.send("GET", "/galaxy/g1", token: world.peers.token("u2")).code == 4300)
            #expect(try await world.send("GET", "/galaxy/g1", token: world.peers.token("u3")).code == 4300)
            #expect(try await world.send("GET", "/galaxy/g1", token: world.peers.token(more: #","gal":["g2"]"#)).code == 4300)
            #expect(try await world.send("GET", "/galaxy/g1", token: world.peers.token()).status == 200)
            #expect(try await world.sendSigned("GET", "/galaxy/g1").status == 200)
        }
    }

    /// "Suspended galaxy (privateFlags bit 0) => every write 403/4206": reading is no write.
    @Test func `members of a suspended galaxy still see it`() async throws {
        try await CosmosWorld.run(Self.closed) { world in
            try await world.makeGalaxy(more: #","privateFlags":1"#)
            let seen = try await world.send("GET", "/galaxy/g1", token: world.peers.token())
            #expect(seen.status == 200 && !seen.has("privateFlags"))
            #expect(try await world.send("GET", "/galaxy/g1").code == 4300)
            let made = try await world.send("POST", "/galaxy/g1/channels", token: world.peers.token(), body: #"{"name":"a","type":0}"#)
            #expect(made.status == 403 && made.code == 4206)
        }
    }

    /// "`Vary: Authorization, Signature-Input`"; "GET /galaxy/:id: An invalid Bearer is ignored here."
    @Test func `an open galaxy is the same for everybody but servers`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let anybody = try await world.send("GET", "/galaxy/g1")
            #expect(
                anybody.text
                    == #"{"id":"g1","name":"Galaxy","description":null,"server":"https://galaxy.example.com","iconHash":null,"ownerId":"u1","publicFlags":0}"#
            )
            #expect(anybody.headers.all("Vary") == ["Authorization, Signature-Input"])
            for token in [world.peers.token(), world.peers.token("u9"), "nonsense"] {
                #expect(try await world.send("GET", "/galaxy/g1", token: token).text == anybody.text)
            }
            #expect(try await world.sendSigned("GET", "/galaxy/g1").integer("privateFlags") == 0)
        }
    }
}
