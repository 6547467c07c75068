import Federation
import Primitives
import Security
import Storage
import StorageTesting
import Testing

/// What counts once: tokens where they open a session, proofs of possession, and assertions (contracts/cosmos.md 3.4, 3.6, 4).
struct SingleUseTests {
    /// 3.6: "a second use of the jti => 401/4103 (jti kept until exp+60 s)".
    @Test(arguments: TestEngine.available) func aTokenIsSpentOnce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let token = world.token(try TestKeys.key(101))
            let identity = try await world.identity(token)
            try await world.again { other in
                let spent = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<20 {
                        let world = number.isMultiple(of: 2) ? world : other
                        let use = world.federation.use(of: identity)
                        group.addTask { (try? await world.database.transaction { try use.spend(in: $0) }) != nil }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(spent == 1)
            }
            world.clock.advance(seconds: 659)
            try await world.federation.removeExpired()
            let again = world.federation.use(of: try await world.identity(token))
            await #expect(throws: TrustFailure.replayed) { try await world.database.transaction { try again.spend(in: $0) } }
            world.clock.advance(seconds: 1)
            await #expect(throws: TrustFailure.untimely) { try await world.identity(token) }
            try await world.federation.removeExpired()
            #expect(try await world.usedNumbers() == 0)
        }
    }

    /// RFC 9449: one proof for each request.
    @Test(arguments: TestEngine.available) func aBoundTokenNeedsANewProofEachTime(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (mine, other) = (try TestKeys.key(201), try TestKeys.key(202))
            let token = world.token(try TestKeys.key(101), [("cnf", #"{"jkt":"\#(mine.thumbprint)"}"#)])
            let first = world.proof(mine, of: token, id: "one")
            try await world.identity(token, proofs: [first])
            await #expect(throws: TrustFailure.replayed) { try await world.identity(token, proofs: [first]) }
            try await world.again { again in
                await #expect(throws: TrustFailure.replayed) { try await again.identity(token, proofs: [first]) }
            }
            try await world.identity(token, proofs: [world.proof(mine, of: token, id: "two")])
            // The token is known already, and still none of these is enough.
            let bad = [
                [], [world.proof(other, of: token, id: "three")], [world.proof(mine, of: token + "x", id: "three")],
                [world.proof(mine, of: token, method: "POST", id: "three")],
                [world.proof(mine, of: token, path: "/galaxy/g2", id: "three")],
                [world.proof(mine, of: token, id: "three"), world.proof(mine, of: token, id: "four")],
            ]
            for proofs in bad {
                await #expect(throws: TrustFailure.self, "\(proofs.count)") { try await world.identity(token, proofs: proofs) }
            }
            // What was refused has used nothing up.
            try await world.identity(token, proofs: [world.proof(mine, of: token, id: "three")])
            #expect(try await world.usedNumbers() == 3)
        }
    }

    private func assertion(_ world: TrustWorld, lifetime: Int64 = 300, type: String = "cosmos-act+jwt", _ claims: [(String, String?)] = [])
        throws -> String
    {
        world.token(
            try TestKeys.key(101), type: type, lifetime: lifetime, [("act", #""galaxy.create""#), ("galaxyId", #""g1""#)] + claims)
    }

    /// 4, "Intent".
    @Test(arguments: TestEngine.available) func anAssertionIsGoodOnce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let text = try assertion(world)
            let use = try await world.federation.assertion(text, owner: "u1", galaxyID: "g1")
            // What is refused after it has used nothing.
            await #expect(throws: TrustFailure.untimely) {
                try await world.database.transaction { tx in
                    try use.spend(in: tx)
                    throw TrustFailure.untimely
                }
            }
            #expect(try await world.usedNumbers() == 0)
            try await world.database.transaction { try use.spend(in: $0) }
            await #expect(throws: TrustFailure.replayed) { try await world.database.transaction { try use.spend(in: $0) } }
            try await world.again { other in
                let again = try await other.federation.assertion(text, owner: "u1", galaxyID: "g1")
                await #expect(throws: TrustFailure.replayed) { try await other.database.transaction { try again.spend(in: $0) } }
            }
        }
    }

    @Test func anAssertionOfSomethingElseIsRefused() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let stranger = world.token(
                try TestKeys.key(9), type: "cosmos-act+jwt", lifetime: 300, [("act", #""galaxy.create""#), ("galaxyId", #""g1""#)])
            let bad = [
                try assertion(world, [("sub", #""u2""#)]), try assertion(world, [("act", #""galaxy.delete""#)]),
                try assertion(world, [("galaxyId", #""g2""#)]), try assertion(world, [("aud", #""https://other.example.com""#)]),
                try assertion(world, [("iss", #""https://other.example.net""#)]), try assertion(world, lifetime: 301),
                try assertion(world, type: "cosmos-id+jwt"), try assertion(world, [("act", nil)]), stranger, "", "a.b.c",
            ]
            for text in bad {
                do throws(TrustFailure) {
                    _ = try await world.federation.assertion(text, owner: "u1", galaxyID: "g1")
                    Issue.record("\(text) is taken.")
                } catch {
                    let isInvalid = if case .invalidAssertion = error { true } else { false }
                    #expect(isInvalid, "\(error)")
                }
            }
            #expect(try await world.usedNumbers() == 0)
            // An assertion is no identity token.
            await #expect(throws: TrustFailure.self) { try await world.identity(try assertion(world)) }
        }
    }

    /// 2: "Never echo tokens or secrets."
    @Test func noFailureTellsWhatWasSent() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(101)
            let tokens = [
                world.token(key, [("aud", #""https://secret-word.example""#)]),
                world.token(key, [("iss", #""https://secret-word.example""#)]),
                world.token(key, type: "secret-word"), world.token(key, [("jti", #""secret-word""#)]),
                world.token(key, [("sub", #""secret word""#)]),
                world.token(try TestKeys.key(9)), "secret-word", "secret-word.secret-word.secret-word",
                String(world.token(key).dropLast(2)),
                world.token(key, [("cnf", #"{"jkt":"secret-word"}"#)]),
            ]
            var failures: [any Error] = []
            for token in tokens {
                do {
                    try await world.identity(token, proofs: ["secret-word.secret-word.secret-word"])
                    Issue.record("\(token) is taken.")
                } catch {
                    failures.append(error)
                    #expect(!String(reflecting: error).contains(token.suffix(20)))
                }
            }
            let draft = world.draft(try TestKeys.key(1)) { $0.nonce = "secret-word-secret-word" }
            let good = try draft.signed()
            _ = try await world.federation.metadataServer(signing: good)
            var messages = [good, good, good, good]
            messages[1].path = "/secret-word"
            messages[2].body = Array("secret-word".utf8)
            messages[3].headers = good.headers.map { ($0.name, $0.value.replacing("created=", with: "secret-word=")) }
            for message in messages {
                do {
                    _ = try await world.federation.metadataServer(signing: message)
                    Issue.record("It is taken.")
                } catch {
                    failures.append(error)
                }
            }
            let signature = try #require(good.lines("signature").first)
            for failure in failures {
                let text = String(reflecting: failure)
                #expect(!text.contains("secret-word") && !text.contains("secret word") && !text.contains(signature.dropFirst(8).prefix(16)))
            }
            #expect(failures.count == 14)
        }
    }
}
