import Federation
import HTTPClient
import JSON
import Primitives
import Security
import StorageTesting
import Testing

@Suite struct ChallengeTests {
    @Test(arguments: TestEngine.available) func aServerThatIsCalledBackGetsAToken(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, _ in
            let challenge = try await a.challenge("b.example.org")
            #expect(challenge.state == .accepted && challenge.server == "b.example.org")
            #expect(try await a.call(PeerCall("GET", "/api/secret"), at: "b.example.org").data.string() == "a.example.org")
            // The nonce is shown no longer.
            #expect(try await a.pendingNonce(challenge.id) == nil)
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == 1)
        }
    }

    /// Whoever has taken an address that was an alias of another proves who it is at once, not when the other is forgotten.
    @Test(arguments: TestEngine.available) func whoeverTakesAnAddressIsCalledBackThere(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, b in
            network.answer(for: "old.example.org") { request in
                guard request.url.target == "/api/server" else { return nil }
                return PeerNetwork.response { PeerNetwork.document(of: "old.example.org", to: &$0) }
            }
            network.answer(for: "a.example.org") { request in
                guard request.url.target == "/api/server" else { return nil }
                return PeerNetwork.response { PeerNetwork.document(of: "old.example.org", to: &$0) }
            }
            let alias = try await b.find("a.example.org")
            #expect(alias.address == "old.example.org")
            network.answer(for: "a.example.org", nil)
            network.clock.advance(seconds: 11)
            let challenge = try await a.challenge("b.example.org")
            #expect(challenge.state == .accepted)
        }
    }

    /// What needs a token gets one by itself, also in the place of one that counts no more; and once only.
    @Test(arguments: TestEngine.available) func tokensAreRenewed(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, b in
            let call = PeerCall("GET", "/api/secret", needsToken: true)
            #expect(try await a.call(call, at: "b.example.org").data.string() == "a.example.org")
            network.clock.advance(seconds: 28 * 86_400)
            _ = try await a.call(call, at: "b.example.org")
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == 1)
            network.clock.advance(seconds: 86_400 + 1)
            _ = try await a.call(call, at: "b.example.org")
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == 2)
            // The other side has ended it.
            network.answer(for: "b.example.org") { $0.url.target == "/api/secret" ? PeerNetwork.refusal(103) : nil }
            await #expect(throws: PeerFailure.self) { _ = try await a.call(call, at: "b.example.org") }
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == 3)
            network.answer(for: "b.example.org", nil)
            _ = b
        }
    }

    @Test(arguments: TestEngine.available) func whoIsDeniedIsRefusedWithAndWithoutAToken(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine, { $0.denied = ["https://A.example.org"] }) { _, a, b in
            let failure = await #expect(throws: PeerFailure.self) { _ = try await a.challenge("b.example.org") }
            #expect(failure == .refused(code: 104, status: 400, message: ""))
            await #expect(throws: PeerFailure.blocked) { try await b.requireWelcome("a.example.org") }
        }
        try await PeerNetwork.run(on: engine, { $0.mode = .closed }) { _, a, b in
            await #expect(throws: PeerFailure.self) { _ = try await a.challenge("b.example.org") }
            await #expect(throws: PeerFailure.blocked) { try await b.requireWelcome("a.example.org") }
        }
    }

    /// A proof that is meant for one server is worth nothing at another: whoever is asked for one cannot pass it on.
    @Test(arguments: TestEngine.available) func aProofIsForOneServer(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, b in
            let passedOn = Mutex<ChallengeClaim?>(nil)
            network.answer(for: "evil.example.org") { request in
                if request.url.target == "/api/server" {
                    return PeerNetwork.response { PeerNetwork.document(of: "evil.example.org", to: &$0) }
                }
                let body = try? JSONValue.parse(request.body).object()
                if let id = try? body?.required("id").string(), let hash = try? body?.required("nonce_hash").string() {
                    passedOn.withLock { $0 = ChallengeClaim(server: "a.example.org", id: id, nonceHash: hash) }
                }
                return OutboundResponse(status: 500)
            }
            await #expect(throws: PeerFailure.self) { _ = try await a.challenge("evil.example.org") }
            let claim = try #require(passedOn.withLock { $0 })
            await #expect(throws: PeerFailure.unproven(reason: "It does not show the nonce.")) {
                // As if it had been quick enough: the proof is shown once more.
                network.answer(for: "a.example.org") { request in
                    guard request.url.target.hasPrefix("/api/challenges/") else { return nil }
                    return PeerNetwork.response { json in
                        json.object { json in
                            json.member("server", "evil.example.org")
                            json.member("state", "pending")
                            json.member("nonce", "x")
                        }
                    }
                }
                _ = try await b.admit(claim)
            }
        }
    }

    @Test(
        arguments: [
            ("b.example.org", "pending", "another nonce"), ("b.example.org", "accepted", "nonce"), ("c.example.org", "pending", "nonce"),
        ]) func whatIsShownHasToFit(_ server: String, _ state: String, _ nonce: String) async throws
    {
        try await PeerNetwork.run(on: .sqlite) { network, _, b in
            network.answer(for: "a.example.org") { request in
                guard request.url.target.hasPrefix("/api/challenges/") else { return nil }
                return PeerNetwork.response { json in
                    json.object { json in
                        json.member("server", server)
                        json.member("state", state)
                        json.member("nonce", nonce)
                    }
                }
            }
            let claim = ChallengeClaim(
                server: "a.example.org", id: "c_00000000-0000-4000-8000-000000000000", nonceHash: Hex.encode(SHA256.hash("nonce".utf8)))
            await #expect(throws: PeerFailure.self) { _ = try await b.admit(claim) }
        }
    }

    @Test(
        arguments: [
            ChallengeClaim(
                server: "b.example.org", id: "c_00000000-0000-4000-8000-000000000000", nonceHash: String(repeating: "0", count: 64)),
            ChallengeClaim(server: "a.example.org", id: "c_1", nonceHash: String(repeating: "0", count: 64)),
            ChallengeClaim(
                server: "a.example.org", id: "c_00000000-0000-4000-8000-00000000/../", nonceHash: String(repeating: "0", count: 64)),
            ChallengeClaim(server: "a.example.org", id: "c_00000000-0000-4000-8000-000000000000", nonceHash: "00"),
            ChallengeClaim(server: "", id: "c_00000000-0000-4000-8000-000000000000", nonceHash: String(repeating: "0", count: 64)),
        ]) func claimsThatAreNoGoodAskNobody(_ claim: ChallengeClaim) async throws
    {
        try await PeerNetwork.run(on: .sqlite) { network, _, b in
            await #expect(throws: PeerFailure.self) { _ = try await b.admit(claim) }
            #expect(network.requests.isEmpty)
        }
    }

    @Test(arguments: TestEngine.available) func tokensOfOtherServersEndAndAreFew(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, b in
            var tokens: [String] = []
            for _ in 0..<10 {
                network.clock.advance(seconds: 1)
                let nonce = "n\(tokens.count)"
                network.answer(for: "a.example.org") { request in
                    guard request.url.target.hasPrefix("/api/challenges/") else { return nil }
                    return PeerNetwork.response { json in
                        json.object { json in
                            json.member("server", "b.example.org")
                            json.member("state", "pending")
                            json.member("nonce", nonce)
                        }
                    }
                }
                let id = "c_00000000-0000-4000-8000-00000000000\(tokens.count)"
                let claim = ChallengeClaim(server: "a.example.org", id: id, nonceHash: Hex.encode(SHA256.hash(nonce.utf8)))
                tokens.append(try await b.admit(claim).token)
                // An id is used once.
                await #expect(throws: PeerFailure.unproven(reason: "The id was used before.")) { _ = try await b.admit(claim) }
            }
            var good: [String?] = []
            for token in tokens { good.append(try await b.server(presenting: token)) }
            #expect(good == [nil, nil] + Array(repeating: "a.example.org", count: 8))
            network.clock.advance(seconds: 30 * 86_400)
            #expect(try await b.server(presenting: tokens[9]) == nil)
            _ = a
        }
    }

    /// Many who need a token at once get the one that one of them asks for.
    @Test(arguments: TestEngine.available) func oneProofServesAllWhoNeedIt(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, _ in
            let call = PeerCall("GET", "/api/secret", needsToken: true)
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await a.call(call, at: "b.example.org").data.string() } }
                for try await server in group { #expect(server == "a.example.org") }
            }
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == 1)
            #expect(network.requests.filter { $0 == "GET https://b.example.org/api/server" }.count == 1)
        }
    }

    /// A host that is denied without a port is denied on all of them, and is not asked for anything; one port of it can be allowed.
    @Test(arguments: TestEngine.available) func aDeniedHostIsDeniedOnAllPorts(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, _ in
            _ = try await a.challenge("b.example.org")
            _ = try await a.records.setRule(.denied, of: "b.example.org")
            for address in ["b.example.org", "b.example.org:8443"] {
                await #expect(throws: PeerFailure.blocked) { try await a.requireWelcome(address) }
            }
            try await a.requireWelcome("sub.b.example.org")
            let before = network.requests.count
            await #expect(throws: PeerFailure.blocked) { _ = try await a.call(PeerCall("GET", "/api/time"), at: "b.example.org") }
            #expect(network.requests.count == before)
            // The own token there is gone with the rule.
            #expect(try await a.records.challenges(with: "b.example.org").map(\.state) == [.revoked])
            _ = try await a.records.setRule(.allowed, of: "b.example.org:8443")
            try await a.requireWelcome("b.example.org:8443")
        }
    }
}
