import Cosmos
import StorageTesting
import Testing

/// contracts/cosmos.md 10, "Rate limits".
struct RateTests {
    private static let plan = CosmosWorld.Plan(limitsAreOn: true)

    /// "anonymous 60/min per address (IPv6 per /64)".
    @Test(arguments: [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"), ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
    ])
    func `a customer has one network`(address: String, same: String, other: String) async throws {
        try await CosmosWorld.run(Self.plan) { world in
            for _ in 0..<60 { #expect(try await world.send("GET", "/meta", from: address).status == 200) }
            let late = try await world.send("GET", "/meta", from: same)
            #expect(late.status == 429 && late.code == 4602 && late["Retry-After"] == "1")
            #expect(try await world.send("GET", "/meta", from: other).status == 200)
        }
    }

    /// "failed auth 30/min per address then 429"; what others have failed at is not theirs.
    @Test func `credentials cannot be tried for ever`() async throws {
        try await CosmosWorld.run(Self.plan) { world in
            try await world.makeGalaxy()
            for _ in 0..<30 { #expect(try await world.send("GET", "/galaxy/g1/members", token: "nonsense").status == 401) }
            #expect(try await world.send("GET", "/galaxy/g1/members", token: "nonsense").status == 429)
            #expect(try await world.send("GET", "/galaxy/g1/members", token: world.peers.token()).status == 200)
        }
    }

    /// "S2S 600/min per source".
    @Test func `a metadata server asks so often`() async throws {
        try await CosmosWorld.run(Self.plan) { world in
            try await world.makeGalaxy()
            for _ in 1..<600 { #expect(try await world.sendSigned("GET", "/galaxy/g1").status == 200) }
            let late = try await world.sendSigned("GET", "/galaxy/g1")
            #expect(late.status == 429 && late.code == 4602 && late["Retry-After"] == "1")
            // People are counted by themselves.
            #expect(try await world.send("GET", "/galaxy/g1").status == 200)
        }
    }

    /// "POST channels 10/min per user".
    @Test func `channels are made slowly`() async throws {
        try await CosmosWorld.run(Self.plan) { world in
            try await world.makeGalaxy()
            let token = world.peers.token()
            for index in 0..<11 {
                let made = try await world.send("POST", "/galaxy/g1/channels", token: token, body: #"{"name":"c\#(index)","type":0}"#)
                #expect(made.status == (index < 10 ? 201 : 429))
            }
            world.clock.advance(seconds: 6)
            let later = try await world.send("POST", "/galaxy/g1/channels", token: token, body: #"{"name":"later","type":0}"#)
            #expect(later.status == 201)
        }
    }
}
