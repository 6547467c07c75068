import Federation
import Primitives
internal import Storage
import StorageTesting
import Testing

@Suite struct PeerRetentionTests {
    /// What strangers leave behind goes; what the operator has said stays.
    @Test(arguments: TestEngine.available) func whatIsOverIsForgotten(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let records = PeerRecords(database: world.database, clock: { world.clock.now })
            let now = world.clock.now
            try await world.database.transaction { tx in
                for (address, rule) in [("stranger.example", 0), ("guest.example", 0), ("denied.example", 2)] as [(String, Int64)] {
                    try tx.execute(
                        "INSERT INTO peers (address, rule, created_at) VALUES ($1, $2, $3)",
                        [.text(address), .integer(rule), .integer(now.microseconds)])
                }
                try tx.execute(
                    """
                    INSERT INTO challenges (id, direction, server, state, token_hash, created_at, expires_at)
                    VALUES ($1, 1, $2, 1, $3, $4, $5)
                    """,
                    [
                        .text("c_00000000-0000-4000-8000-000000000000"), .text("guest.example"), .blob([1]), .integer(now.microseconds),
                        .integer(now.adding(seconds: 60).microseconds),
                    ])
            }
            try await world.federation.removeExpired()
            #expect(try await records.all().map(\.address) == ["denied.example", "guest.example"])
            // A week after its token has ended nothing is known of the guest.
            world.clock.advance(seconds: 7 * 86_400 + 61)
            try await world.federation.removeExpired()
            #expect(try await records.all().map(\.address) == ["denied.example"])
            #expect(try await records.challenges().isEmpty)
        }
    }

    /// A host that is denied without a port is denied with all its servers, but for those of which the operator has said something else.
    @Test(arguments: TestEngine.available) func aHostIsDeniedWithItsServers(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let records = PeerRecords(database: world.database, clock: { world.clock.now })
            let addresses = [
                "evil.example:1", "evil.example:2", "evil.example:3", "evil.example", "evil.example.org:1", "notevil.example:1",
            ]
            let now = world.clock.now
            try await world.database.transaction { tx in
                for (number, address) in addresses.enumerated() {
                    try tx.execute(
                        "INSERT INTO peers (address, rule, seen_at, created_at) VALUES ($1, 0, $2, $2)",
                        [.text(address), .integer(now.microseconds)])
                    try tx.execute(
                        """
                        INSERT INTO challenges (id, direction, server, state, token_hash, created_at, expires_at)
                        VALUES ($1, 1, $2, 1, $3, $4, $5)
                        """,
                        [
                            .text("c_00000000-0000-4000-8000-00000000000\(number)"), .text(address), .blob([UInt8(number)]),
                            .integer(now.microseconds), .integer(now.adding(seconds: 60).microseconds),
                        ])
                }
            }
            _ = try await records.setRule(.allowed, of: "evil.example:2")
            let told = Mutex<[String]>([])
            _ = try await records.setRule(.denied, of: "evil.example") { server, _ in told.withLock { $0.append(server) } }
            #expect(told.withLock { $0 } == ["evil.example", "evil.example:1", "evil.example:3"])
            let authorized = try await records.all().filter(\.isAuthorized).map(\.address)
            #expect(Set(authorized) == ["evil.example:2", "evil.example.org:1", "notevil.example:1"])
            for (address, isKnown) in [("evil.example", true), ("notevil.example", true), ("example", false), ("evil.example:4", false)] {
                #expect(try await records.isKnown(address) == isKnown)
            }
        }
    }

    @Test(arguments: TestEngine.available) func grantsAreListedAsLongAsTheyAreGood(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let records = PeerRecords(database: world.database, clock: { world.clock.now })
            let now = world.clock.now
            let grant = IntegrityGrant(
                id: "1", account: 7, server: "b.example", createdAt: now, expiresAt: now.adding(seconds: 300))
            try await records.keep(grant)
            #expect(try await records.grants(of: 7) == [grant])
            #expect(try await records.grants(of: 8).isEmpty)
            world.clock.advance(seconds: 300)
            #expect(try await records.grants(of: 7).isEmpty)
        }
    }
}
