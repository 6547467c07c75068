import Federation
import Primitives
import Reactor
import Security
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.1 and 3.5: "look keys up by (source, key) not by key alone": a server cannot make another's requests its own.
struct KeyOwnerTests {
    private static let second = KeySource(role: .metadata, origin: "https://second.example.net", keysURL: "https://second.example.net/keys")

    /// Whoever shows another's key is not that other, however the two stand in the configuration.
    @Test(arguments: TestEngine.available, [true, false]) func aKeyBelongsToWhoHasShownItFirst(_ engine: TestEngine, _ isLast: Bool)
        async throws
    {
        let sources = isLast ? [TrustWorld.metadata, Self.second] : [Self.second, TrustWorld.metadata]
        try await TrustWorld.run(on: engine, { $0.sources = sources }) { world in
            let (key, own) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([own], at: Self.second.keysURL)
            try await world.expectTaken(key)
            #expect(try await world.request(own)?.origin == Self.second.origin)
            world.clock.advance(seconds: 60)
            world.others.publish([own, key], at: Self.second.keysURL)
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            #expect(world.notices == [.claimed(key.thumbprint, origin: Self.second.origin, owner: TrustWorld.metadata.origin)])
            try await world.expectTaken(key)
            try await world.again { other in try await other.expectTaken(key) }
        }
    }

    /// A request counts once, whoever it is taken to be from.
    @Test(arguments: TestEngine.available) func aRequestCountsOnceWhoeverHasTheKey(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, { $0.sources = [TrustWorld.metadata, Self.second] }) { world in
            let key = try TestKeys.key(1)
            let message = try world.draft(key, { $0.lifetime = 300 }).signed()
            #expect(try await world.federation.metadataServer(signing: message)?.origin == TrustWorld.metadata.origin)
            // The first server gives the key up, and the other takes it.
            world.clock.advance(seconds: 60)
            world.others.publish([try TestKeys.key(3)], at: TrustWorld.metadata.keysURL)
            world.others.publish([key], at: Self.second.keysURL)
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            world.clock.advance(seconds: 60)
            #expect(try await world.request(key)?.origin == Self.second.origin)
            await #expect(throws: TrustFailure.replayed) { try await world.federation.metadataServer(signing: message) }
        }
    }

    /// What the operator has written down goes before what was seen first.
    @Test(arguments: TestEngine.available) func aPinDecides(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, { $0.sources = [TrustWorld.metadata, Self.second] }) { world in
            let key = try TestKeys.key(1)
            world.others.publish([key], at: Self.second.keysURL)
            try await world.expectTaken(key)
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            try await world.federation.pin(key.thumbprint, of: Self.second.origin)
            #expect(try await world.request(key)?.origin == Self.second.origin)
        }
    }

    // MARK: Texts that look the same

    /// 3.5: "local denylist, permanent". U+212A is equal to K for Swift and another byte for the database.
    @Test(arguments: TestEngine.available) func aRevokedKeyHasNoOtherSpelling(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let key = try #require((100...250).lazy.compactMap { try? TestKeys.key(UInt8($0)) }.first { $0.thumbprint.contains("K") })
            world.others.publish([key], at: TrustWorld.identity.keysURL)
            try await world.identity(world.token(key))
            try await world.federation.revoke(key.thumbprint)
            let other = key.thumbprint.replacing("K", with: "\u{212A}")
            #expect(other == key.thumbprint && !other.utf8.elementsEqual(key.thumbprint.utf8))
            for name in [key.thumbprint, other] {
                await #expect(throws: TrustFailure.unknownKey) { try await world.identity(world.token(key, keyID: name)) }
            }
        }
    }

    /// What no database can keep is a bad token, not a failure of ours.
    @Test(arguments: TestEngine.available) func aNumberThatCannotBeKeptIsRefused(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let key = try TestKeys.key(101)
            let text = world.token(key, [("jti", #""the-number-of\u0000a-token""#)])
            await #expect(throws: TrustFailure.invalidToken("jti has 16 to 128 characters.")) { try await world.identity(text) }
            let mine = try TestKeys.key(5)
            let bound = world.token(key, [("cnf", #"{"jkt":"\#(mine.thumbprint)"}"#)])
            let proof = world.proof(mine, of: bound, id: #"a\u0000b"#)
            await #expect(throws: TrustFailure.invalidToken("The DPoP proof has no jti.")) {
                try await world.identity(bound, proofs: [proof])
            }
        }
    }

    // MARK: Time

    /// Nobody waits twice for a server that does not answer, as long as its keys are known.
    @Test func aServerThatHangsDelaysOneRequestOnly() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            try await world.expectTaken(key)
            world.others.answer(TrustWorld.metadata.keysURL, nil)
            world.clock.advance(seconds: 3_600)
            try await world.expectTaken(key)
            world.clock.advance(seconds: 60)
            world.others.hold()
            // As handlers do it: on a loop.
            let message = try world.draft(key).signed()
            let group = EventLoopGroup(count: 1)
            let loop = group.next()
            let origin = try await withCheckedThrowingContinuation { continuation in
                loop.execute {
                    loop.start {
                        do {
                            continuation.resume(returning: try await world.federation.metadataServer(signing: message)?.origin)
                        } catch {
                            continuation.resume(throwing: error)
                        }
                    }
                }
            }
            #expect(origin == TrustWorld.metadata.origin)
            #expect(world.others.fetches(of: TrustWorld.metadata.keysURL) == 3)
            world.others.release()
            group.stop()
        }
    }

    /// A document that seems to come from the future says nothing about how old it is.
    @Test(arguments: [(300, true), (301, false)] as [(Int64, Bool)]) func aClockThatWasAheadKeepsNoKeyForYears(
        _ seconds: Int64, _ isTaken: Bool
    ) async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            try await world.expectTaken(key)
            world.others.answer(TrustWorld.metadata.keysURL, nil)
            world.clock.advance(seconds: -seconds)
            if isTaken { try await world.expectTaken(key) } else { await world.expectRefused(key, .unavailable) }
        }
    }

    /// 10: "warn when a peer's Date … differs by more than 30 s".
    @Test(arguments: [(-31, true), (-30, false), (30, false), (31, true)] as [(Int64, Bool)]) func clocksThatDifferAreTold(
        _ seconds: Int64, _ isTold: Bool
    ) async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            world.others.publish(
                JSONWebKeySet.document([key.publicKey]), at: TrustWorld.metadata.keysURL,
                headers: [("content-type", "application/json"), ("date", world.clock.now.adding(seconds: seconds).httpDate)])
            try await world.expectTaken(key)
            #expect(world.notices == (isTold ? [.clock(TrustWorld.metadata.origin, seconds: seconds)] : []))
        }
    }

    /// 10: "refuse S2S created older than process start after a restore".
    @Test func afterARestoreOlderSignaturesDoNotCount() async throws {
        let clock = ManualClock()
        let start = clock.now.seconds
        try await TrustWorld.run(on: .sqlite, clock: clock, { $0.notBefore = start }) { world in
            let key = try TestKeys.key(1)
            let older = try world.draft(key) { $0.created = start - 1 }.signed()
            await #expect(throws: TrustFailure.untimely) { try await world.federation.metadataServer(signing: older) }
            try await world.expectTaken(key)
        }
    }
}
