import Federation
import Primitives
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.4, through the whole path: keys, token, claims and what is remembered.
struct IdentityTests {
    @Test(arguments: TestEngine.available) func aGoodTokenStandsForItsSubject(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let token = world.token(try TestKeys.key(101), [("gal", #"["g1","g2"]"#)])
            let identity = try await world.identity(token)
            #expect(identity.issuer == TrustWorld.identity.origin && identity.subject == "u1" && identity.name == "alice")
            #expect(identity.issuedAt == world.now && identity.expiresAt == world.now + 600 && identity.galaxies == ["g1", "g2"])
            // Not single-use on ordinary calls.
            #expect(try await world.identity(token) == identity)
            try await world.again { other in
                let again = try await other.identity(token)
                #expect(again == identity)
            }
        }
    }

    /// Test vector 3.
    @Test func theTokenOfTheVectorIsGood() async throws {
        let clock = ManualClock()
        clock.advance(seconds: 1_767_225_600 - clock.now.seconds)
        try await TrustWorld.run(on: .sqlite, clock: clock, { $0.isTestMode = true }) { world in
            world.others.publish([try TestKeys.example()], at: TrustWorld.identity.keysURL)
            let identity = try await world.identity(
                "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiY29zbW9zLWlkK2p3dCIsImtpZCI6InBvcWtMR2l5bWhfVzB1UDZQWkZ3LWR2ZXozUUpUNVNvbHFYQkNXMzhyMFUifQ."
                    + "eyJpc3MiOiJodHRwczovL2lkZW50aXR5LmV4YW1wbGUubmV0Iiwic3ViIjoidTEiLCJhdWQiOiJodHRwczovL2dhbGF4eS5leGFtcGxlLmNvbSIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI2MjAwLCJqdGkiOiIwMUpHRkpKWjAwQUFBQUFBQUFBQUFBQUFBQSIsIm5hbWUiOiJhbGljZSJ9."
                    + "mVwpCyaFxyaW99bxUUqSSSIg4zgevh_uGhvTP9WoGLI7Ke92Gdw1DUVZFLYkIByp__r4mPMCeTy3l9w0znKcDw")
            #expect(identity.subject == "u1" && identity.tokenID == "01JGFJJZ00AAAAAAAAAAAAAAAA")
        }
    }

    @Test(
        arguments: [
            ("aud", #""https://other.example.com""#), ("aud", #""https://galaxy.example.com/""#), ("aud", nil),
            ("aud", #"["https://galaxy.example.com","https://other.example.com"]"#), ("iss", #""https://other.example.net""#),
            ("iss", #""https://identity.example.net/""#), ("iss", nil),
        ] as [(String, String?)]) func aTokenForOrFromSomebodyElseIsRefused(_ name: String, _ value: String?) async throws
    {
        try await TrustWorld.run(on: .sqlite) { world in
            let token = world.token(try TestKeys.key(101), [(name, value)])
            await expectFailure(of: token, in: world) { if case .wrongAudience = $0 { true } else { false } }
        }
    }

    @Test(
        arguments: [("sub", nil), ("sub", #""a b""#), ("jti", nil), ("jti", #""short""#), ("iat", "1.5"), ("gal", #""g1""#)]
            as [(String, String?)])
    func aTokenWithoutWhatItNeedsIsRefused(_ name: String, _ value: String?) async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let token = world.token(try TestKeys.key(101), [(name, value)])
            await expectFailure(of: token, in: world) { if case .invalidToken = $0 { true } else { false } }
        }
    }

    @Test(arguments: TestEngine.available) func aTokenOfAnotherKeyIsRefused(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            await #expect(throws: TrustFailure.unknownKey) { try await world.identity(world.token(try TestKeys.key(102))) }
            let good = world.token(try TestKeys.key(101))
            let forged = good.dropLast(4) + (good.hasSuffix("AAAA") ? "AAAB" : "AAAA")
            await expectFailure(of: String(forged), in: world) { if case .invalidToken = $0 { true } else { false } }
            await expectFailure(of: world.token(try TestKeys.key(101), type: "cosmos-act+jwt"), in: world) {
                if case .invalidToken = $0 { true } else { false }
            }
        }
    }

    /// "iat <= now+60; now < exp+60; 0 < exp-iat <= 900".
    @Test(
        arguments: [
            (0, 600, true), (60, 600, true), (61, 600, false), (-659, 600, true), (-660, 600, false), (0, 900, true), (0, 901, false),
            (0, 0, false), (0, -1, false),
        ] as [(Int64, Int64, Bool)]) func aTokenHasTheseEdges(_ offset: Int64, _ lifetime: Int64, _ isGood: Bool) async throws
    {
        try await TrustWorld.run(on: .sqlite) { world in
            let start = world.now + offset
            let token = world.token(try TestKeys.key(101), [("iat", String(start)), ("exp", String(start + lifetime))])
            if isGood {
                try await world.identity(token)
            } else {
                await #expect(throws: TrustFailure.untimely) { try await world.identity(token) }
            }
        }
    }

    /// "A verified token may be cached by its SHA-256 until exp".
    @Test(arguments: TestEngine.available) func whatIsRememberedEndsWithTheToken(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let token = world.token(try TestKeys.key(101))
            try await world.identity(token)
            world.clock.advance(seconds: 659)
            try await world.identity(token)
            world.clock.advance(seconds: 1)
            await #expect(throws: TrustFailure.untimely) { try await world.identity(token) }
        }
    }

    /// 3.5: "a successful fetch that lacks a key removes it", also from what is remembered.
    @Test func aRemovedKeyTakesItsTokensWithIt() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            world.others.publish([try TestKeys.key(101)], at: TrustWorld.identity.keysURL, cacheControl: "max-age=300")
            let token = world.token(try TestKeys.key(101))
            try await world.identity(token)
            world.others.publish([try TestKeys.key(102)], at: TrustWorld.identity.keysURL)
            world.clock.advance(seconds: 300)
            await #expect(throws: TrustFailure.unknownKey) { try await world.identity(token) }
        }
    }

    /// Two identity servers do not speak for each other's people.
    @Test(arguments: TestEngine.available) func anIssuerSignsWithItsOwnKeys(_ engine: TestEngine) async throws {
        let second = KeySource(
            role: .identity, origin: "https://second.example.net", issuer: "https://second.example.net",
            keysURL: "https://second.example.net/keys")
        try await TrustWorld.run(on: engine, { $0.sources.append(second) }) { world in
            world.others.publish([try TestKeys.key(102)], at: second.keysURL)
            let issuer = "\"\(second.origin)\""
            #expect(try await world.identity(world.token(try TestKeys.key(102), [("iss", issuer)])).issuer == second.origin)
            await #expect(throws: TrustFailure.unknownKey) {
                try await world.identity(world.token(try TestKeys.key(101), [("iss", issuer)]))
            }
            await #expect(throws: TrustFailure.unknownKey) { try await world.identity(world.token(try TestKeys.key(102))) }
        }
    }

    private func expectFailure(
        of token: String, in world: TrustWorld, sourceLocation: SourceLocation = #_sourceLocation, _ isExpected: (TrustFailure) -> Bool
    ) async {
        do {
            try await world.identity(token)
            Issue.record("The token is taken.", sourceLocation: sourceLocation)
        } catch {
            #expect((error as? TrustFailure).map(isExpected) == true, "\(error)", sourceLocation: sourceLocation)
        }
    }
}
