import Federation
import Primitives
import Security
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.3, "Replay".
struct ReplayTests {
    @Test(arguments: TestEngine.available) func aRequestCountsOnceAlsoAfterARestart(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let message = try world.draft(try TestKeys.key(1)).signed()
            #expect(try await world.federation.metadataServer(signing: message) != nil)
            await #expect(throws: TrustFailure.replayed) { try await world.federation.metadataServer(signing: message) }
            try await world.again { other in
                await #expect(throws: TrustFailure.replayed) { try await other.federation.metadataServer(signing: message) }
            }
        }
    }

    @Test(arguments: TestEngine.available) func ofManyAtOnceOneCounts(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let message = try world.draft(try TestKeys.key(1)).signed()
            try await world.again { other in
                let results = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<20 {
                        let federation = number.isMultiple(of: 2) ? world.federation : other.federation
                        group.addTask { (try? await federation.metadataServer(signing: message)) != nil }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.count { $0 } == 1)
            }
        }
    }

    /// A server that changes its key signs with both: the request still counts once, whichever signatures somebody leaves in it.
    @Test(arguments: TestEngine.available) func aRequestWithTwoSignaturesCountsOnce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (old, new) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([old, new], at: TrustWorld.metadata.keysURL)
            let second = world.draft(new) { $0.label = "sig2" }
            let both = try second.signed(try world.draft(old).signed())
            #expect(try await world.federation.metadataServer(signing: both)?.keyID == old.thumbprint)
            await #expect(throws: TrustFailure.replayed) { try await world.federation.metadataServer(signing: both) }
            await #expect(throws: TrustFailure.replayed) { try await world.federation.metadataServer(signing: try second.signed()) }
        }
    }

    /// Once it may be forgotten a signature is too old, whatever the operator has set.
    @Test(arguments: [(60, 300), (300, 300), (0, 60)] as [(Int64, Int64)])
    func aNonceIsRememberedAsLongAsItsSignatureCounts(_ skew: Int64, _ age: Int64) async throws {
        try await TrustWorld.run(on: .sqlite) { settings in
            settings.skew = skew
            settings.signatureMaximumAge = age
        } _: { world in
            let message = try world.draft(try TestKeys.key(1)) { draft in
                draft.created += skew
                draft.lifetime = age
            }.signed()
            #expect(try await world.federation.metadataServer(signing: message) != nil)
            for _ in 0..<(2 * skew + age) {
                world.clock.advance(seconds: 1)
                try await world.federation.removeExpired()
                await #expect(throws: TrustFailure.replayed) { try await world.federation.metadataServer(signing: message) }
            }
            world.clock.advance(seconds: 1)
            await #expect(throws: TrustFailure.untimely) { try await world.federation.metadataServer(signing: message) }
            #expect(try await world.usedNumbers() == 1)
            world.clock.advance(seconds: 600)
            try await world.federation.removeExpired()
            #expect(try await world.usedNumbers() == 0)
        }
    }

    /// "Never insert before verification (an unauthenticated sender could fill it)."
    @Test(arguments: TestEngine.available) func strangersLeaveNothing(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let draft = world.draft(try TestKeys.key(1))
            var message = try draft.signed()
            message.path = "/galaxies"
            await #expect(throws: TrustFailure.self) { try await world.federation.metadataServer(signing: message) }
            message = try draft.signed()
            message.body = []
            message.headers.removeAll { $0.name == "content-digest" }
            await #expect(throws: TrustFailure.self) { try await world.federation.metadataServer(signing: message) }
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            #expect(try await world.usedNumbers() == 0)
            // The nonce has not been used by what was refused.
            #expect(try await world.federation.metadataServer(signing: try draft.signed()) != nil)
        }
    }

    /// "If the store cannot be written: 503, fail closed."
    @Test(arguments: TestEngine.available) func withoutTheStoreNobodyIsBelieved(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            try await world.expectTaken(try TestKeys.key(1))
            _ = try await world.database.transaction { try $0.execute("DROP TABLE used_numbers") }
            await world.expectRefused(try TestKeys.key(1), .unavailable)
        }
    }

    /// "(source, keyid, nonce)": the nonces of two keys have nothing to do with each other.
    @Test(arguments: TestEngine.available) func anotherKeyMayUseTheSameNonce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let keys = [try TestKeys.key(1), try TestKeys.key(2)]
            world.others.publish(keys, at: TrustWorld.metadata.keysURL)
            for key in keys {
                let message = try world.draft(key) { $0.nonce = "the-nonce-of-both-keys" }.signed()
                #expect(try await world.federation.metadataServer(signing: message) != nil)
            }
        }
    }
}

extension TrustWorld {
    /// How many numbers are remembered.
    func usedNumbers() async throws -> Int64? {
        try await database.read { try $0.first("SELECT COUNT(*) FROM used_numbers", []) { try $0.integer(0) } }
    }
}
