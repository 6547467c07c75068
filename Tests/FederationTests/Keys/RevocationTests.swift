import Federation
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.5 (`trust revoke`) and 9.7 (`keys.revoked`).
struct RevocationTests {
    private static let url = TrustWorld.metadata.keysURL

    private func metadataServer(of world: TrustWorld, with key: Ed25519PrivateKey) async throws -> MetadataServer {
        try #require(try await world.request(key))
    }

    /// "local denylist, permanent"; made by another process while the server runs.
    @Test(arguments: TestEngine.available) func whatTheOperatorRevokesNeverCountsAgain(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (bad, person) = (try TestKeys.key(1), try TestKeys.key(101))
            let token = world.token(person)
            try await world.expectTaken(bad)
            try await world.identity(token)
            try await world.again { other in
                try await other.federation.revoke(bad.thumbprint)
                try await other.federation.revoke(person.thumbprint)
                try await other.federation.revoke(bad.thumbprint)
            }
            await world.expectRefused(bad, .unknownKey)
            // Also a token that has been checked before is worth nothing.
            await #expect(throws: TrustFailure.unknownKey) { try await world.identity(token) }
            // And though the server cannot be reached: it would not change the answer.
            world.others.answer(Self.url, nil)
            world.clock.advance(seconds: 30 * 86_400)
            try await world.again { other in
                await other.expectRefused(bad, .unknownKey)
                let keys = try await other.federation.trustedKeys()
                #expect(keys.map(\.state) == [.revoked, .revoked])
            }
        }
    }

    @Test func aKeyThatNobodyHasShownIsListed() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let thumbprint = try TestKeys.key(9).thumbprint
            try await world.federation.revoke(thumbprint)
            let keys = try await world.federation.trustedKeys()
            #expect(keys.map(\.thumbprint) == [thumbprint] && keys.map(\.state) == [.revoked] && keys.first?.source == nil)
        }
    }

    /// "Compromise: remove the key at once and send the event keys.revoked ... signed by another key". It may come twice.
    @Test(arguments: TestEngine.available, [true, false]) func aServerRevokesItsOwnKey(_ engine: TestEngine, _ isStillPublished: Bool)
        async throws
    {
        try await TrustWorld.run(on: engine) { world in
            let (stolen, good) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([stolen, good], at: Self.url)
            try await world.expectTaken(stolen)
            if !isStillPublished {
                world.others.publish([good], at: Self.url)
                world.clock.advance(seconds: 3_600)
            }
            let server = try await metadataServer(of: world, with: good)
            for _ in 0..<2 { try await world.federation.revoke([stolen.thumbprint], sentBy: server) }
            #expect(world.notices == [.revoked([stolen.thumbprint], origin: TrustWorld.metadata.origin)])
            // Also when an old document comes back.
            world.others.publish([stolen, good], at: Self.url)
            world.clock.advance(seconds: 3_600)
            await world.expectRefused(stolen, .unknownKey)
            try await world.expectTaken(good)
            try await world.again { await $0.expectRefused(stolen, .unknownKey) }
        }
    }

    /// "only for keys of that source": the other keys in the event are not revoked either.
    @Test(arguments: TestEngine.available) func aServerRevokesNoOtherServersKey(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (one, two, foreign) = (try TestKeys.key(1), try TestKeys.key(2), try TestKeys.key(101))
            world.others.publish([one, two], at: Self.url)
            try await world.identity(world.token(foreign))
            let server = try await metadataServer(of: world, with: one)
            await #expect(throws: KeyChangeFailure.foreignKey) {
                try await world.federation.revoke([two.thumbprint, foreign.thumbprint], sentBy: server)
            }
            await #expect(throws: KeyChangeFailure.noThumbprint) { try await world.federation.revoke(["x"], sentBy: server) }
            try await world.expectTaken(two)
            try await world.identity(world.token(foreign))
        }
    }

    /// What a server says of a key that nobody has shown yet does not bind the server that shows it later.
    @Test(arguments: TestEngine.available) func aServerRevokesForItselfOnly(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let foreign = try TestKeys.key(101)
            let server = try await metadataServer(of: world, with: try TestKeys.key(1))
            try await world.federation.revoke([foreign.thumbprint], sentBy: server)
            try await world.identity(world.token(foreign))
        }
    }

    /// "never the last one".
    @Test(arguments: TestEngine.available) func theLastKeyStays(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let keys = try [1, 2, 3].map { try TestKeys.key($0) }
            world.others.publish(keys, at: Self.url)
            let server = try await metadataServer(of: world, with: keys[0])
            await #expect(throws: KeyChangeFailure.lastKey) {
                try await world.federation.revoke(keys.map(\.thumbprint), sentBy: server)
            }
            for key in keys { try await world.expectTaken(key) }
            try await world.federation.revoke(keys.dropLast().map(\.thumbprint), sentBy: server)
            await #expect(throws: KeyChangeFailure.lastKey) {
                try await world.federation.revoke([keys[2].thumbprint], sentBy: server)
            }
            try await world.expectTaken(keys[2])
        }
    }

    /// A key that is pinned away, or whose time is over, is no key that would be left.
    @Test func aKeyThatDoesNotCountIsNotLeft() async throws {
        try await TrustWorld.run(on: .sqlite, { $0.sources[0].pins = [try TestKeys.key(1).thumbprint] }) { world in
            let (pinned, other) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([pinned, other], at: Self.url)
            let server = try await metadataServer(of: world, with: pinned)
            await #expect(throws: KeyChangeFailure.lastKey) {
                try await world.federation.revoke([pinned.thumbprint], sentBy: server)
            }
            // Its own it is nevertheless.
            try await world.federation.revoke([other.thumbprint], sentBy: server)
            try await world.expectTaken(pinned)
        }
    }

    @Test(arguments: TestEngine.available) func twoEventsAtOnceLeaveAKey(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let keys = try (1...8).map { try TestKeys.key($0) }
            world.others.publish(keys, at: Self.url)
            let server = try await metadataServer(of: world, with: keys[0])
            await withTaskGroup(of: Void.self) { group in
                for key in keys {
                    group.addTask { try? await world.federation.revoke([key.thumbprint], sentBy: server) }
                }
            }
            var left = 0
            for key in keys where (try? await world.request(key)) != nil { left += 1 }
            #expect(left == 1)
        }
    }
}
