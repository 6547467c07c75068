import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 4: claim codes.
struct ClaimCodeTests {
    private static let wrong = "COSMOS-00000-00000-00000-00000-000000"

    private static func person(_ subject: String = "u1", in world: TestWorld) async throws -> AccountID {
        try await world.community.admit(world.identity(subject)).id
    }

    /// "26 Crockford base32 characters, shown grouped, prefix COSMOS-; separators, case and prefix ignored on input".
    @Test(arguments: TestEngine.available) func aCodeMakesAnOperator(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            let code = try await world.community.newClaimCode()
            #expect(code.hasPrefix("COSMOS-") && code.utf8.count(where: { $0 != UInt8(ascii: "-") }) == 32)
            #expect(try await !world.community.isOperator("u1"))
            let typed = code.lowercased().replacing("cosmos-", with: "").replacing("-", with: " ")
            try await world.community.claimOperator(code: typed, for: account, address: "192.0.2.1")
            #expect(try await world.community.isOperator("u1"))
            #expect(try await world.community.operators() == ["u1"])
        }
    }

    /// Whoever guesses becomes nothing by it; a person who is nothing here yet becomes all at once with a good code.
    @Test(arguments: TestEngine.available) func aPersonGetsItsAccountWithTheCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let identity = world.identity("u1")
            let rows = try await world.rowCounts()
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: Self.wrong, for: identity, address: "192.0.2.1")
            }
            #expect(try await world.rowCounts() == rows)
            let code = try await world.community.newClaimCode()
            try await world.community.claimOperator(code: code, for: identity, address: "192.0.2.1")
            #expect(try await world.community.isOperator("u1"))
            #expect(try await world.community.account(of: identity) != nil)
            // With an account it is the same.
            try await world.community.claimOperator(code: "no code", for: identity, address: "192.0.2.1")
            let other = world.identity("u2")
            _ = try await world.community.admit(other)
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: code, for: other, address: "192.0.2.1")
            }
        }
    }

    /// Who is named by the configuration or the command line and has never been here needs no code, and gets no account by asking.
    @Test(arguments: TestEngine.available) func anOperatorWhoWasNeverHereNeedsNoCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            try await world.community.addOperator("u1")
            try await world.community.claimOperator(code: "no code", for: world.identity("u1"), address: "192.0.2.1")
            #expect(try await world.community.account(of: world.identity("u1")) == nil)
        }
    }

    /// "valid 60 minutes".
    @Test(arguments: TestEngine.available) func aCodeIsGoodForAnHour(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (first, second) = (try await Self.person("u1", in: world), try await Self.person("u2", in: world))
            let codes = [try await world.community.newClaimCode(), try await world.community.newClaimCode()]
            world.clock.advance(seconds: 3_599)
            try await world.community.claimOperator(code: codes[0], for: first, address: "192.0.2.1")
            world.clock.advance(seconds: 1)
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: codes[1], for: second, address: "192.0.2.1")
            }
        }
    }

    /// "single use", also when several come at once.
    @Test(arguments: TestEngine.available) func aCodeIsGoodOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.newClaimCode()
            var accounts: [AccountID] = []
            for number in 0..<4 { accounts.append(try await Self.person("u\(number)", in: world)) }
            let used = try await withThrowingTaskGroup(of: Bool.self) { group in
                for (number, account) in accounts.enumerated() {
                    group.addTask {
                        do {
                            try await world.community.claimOperator(code: code, for: account, address: "192.0.2.\(number)")
                            return true
                        } catch CommunityError.invalidClaimCode {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(used.count(where: { $0 }) == 1)
            #expect(try await world.community.operators().count == 1)
        }
    }

    /// "5 wrong tries invalidate it", wherever they come from.
    @Test(arguments: TestEngine.available) func fiveWrongCodesVoidAllCodes(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            let code = try await world.community.newClaimCode()
            for number in 0..<4 {
                await #expect(throws: CommunityError.invalidClaimCode) {
                    try await world.community.claimOperator(code: Self.wrong, for: account, address: "192.0.2.\(number)")
                }
            }
            // A code made meanwhile has been guessed at less often.
            let later = try await world.community.newClaimCode()
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: "no code", for: account, address: "192.0.2.5")
            }
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: code, for: account, address: "192.0.2.6")
            }
            try await world.community.claimOperator(code: later, for: account, address: "192.0.2.7")
        }
    }

    /// Wrong codes in a galaxy that is to be made count as well.
    @Test(arguments: TestEngine.available) func guessingByMakingGalaxiesIsGuessing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let code = try await world.community.newClaimCode()
            let draft = try GalaxyDraft(id: "g1", name: "Rookery", ownerID: "u1")
            for number in 0..<5 {
                await #expect(throws: CommunityError.invalidClaimCode) {
                    try await world.community.createGalaxy(
                        draft, by: .actor(TestWorld.metadata), claim: Self.wrong, address: "192.0.2.\(number)")
                }
            }
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.createGalaxy(draft, by: .actor(TestWorld.metadata), claim: code, address: "192.0.2.9")
            }
        }
    }

    /// "429 for 15 minutes for that source address", with right codes too.
    @Test(arguments: TestEngine.available) func anAddressThatGuessesHasToWait(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            for _ in 0..<5 {
                await #expect(throws: CommunityError.invalidClaimCode) {
                    try await world.community.claimOperator(code: Self.wrong, for: account, address: "192.0.2.1")
                }
            }
            let code = try await world.community.newClaimCode()
            await #expect(throws: CommunityError.tooManySetupAttempts(retryAfter: 900)) {
                try await world.community.claimOperator(code: code, for: account, address: "192.0.2.1")
            }
            world.clock.advance(seconds: 901)
            try await world.community.claimOperator(code: code, for: account, address: "192.0.2.1")
        }
    }

    /// "already operator 200": no code is looked at, none is used up, nothing is counted.
    @Test(arguments: TestEngine.available) func anOperatorNeedsNoCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            try await world.community.addOperator("u1")
            let code = try await world.community.newClaimCode()
            for _ in 0..<6 { try await world.community.claimOperator(code: "no code", for: account, address: "192.0.2.1") }
            let other = try await Self.person("u2", in: world)
            try await world.community.claimOperator(code: code, for: other, address: "192.0.2.1")
        }
    }

    @Test(arguments: TestEngine.available) func codesCanBeTakenBack(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            let code = try await world.community.newClaimCode()
            try await world.community.cancelClaimCodes()
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: code, for: account, address: "192.0.2.1")
            }
        }
    }

    /// "The setup code of configuration.md is the first claim code": once, and only while there is no administrator.
    @Test(arguments: TestEngine.available) func theSetupCodeIsAClaimCodeToo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            let code = try #require(await world.community.renewSetupCode())
            try await world.community.claimOperator(code: code, for: account, address: "192.0.2.1")
            #expect(try await world.community.isOperator("u1"))
            #expect(try await world.community.account(account).isAdministrator)
            #expect(try await world.community.hasAdministrator())
            let other = try await Self.person("u2", in: world)
            await #expect(throws: CommunityError.invalidClaimCode) {
                try await world.community.claimOperator(code: code, for: other, address: "192.0.2.2")
            }
            #expect(try await world.community.renewSetupCode() == nil)
        }
    }

    /// Wrong claim codes do not void the code that is on the console.
    @Test(arguments: TestEngine.available) func theSetupCodeOutlivesGuesses(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let account = try await Self.person(in: world)
            let code = try #require(await world.community.renewSetupCode())
            for number in 0..<7 {
                await #expect(throws: CommunityError.invalidClaimCode) {
                    try await world.community.claimOperator(code: Self.wrong, for: account, address: "192.0.2.\(number)")
                }
            }
            try await world.community.claimOperator(code: code, for: account, address: "192.0.2.9")
        }
    }

    /// Only the hash is stored, and not for longer than it is good.
    @Test(arguments: TestEngine.available) func nothingIsLeftOfAnExpiredCode(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            _ = try await world.community.newClaimCode()
            func count() async throws -> Int64? {
                try await world.database.read { try $0.first("SELECT COUNT(*) FROM claim_codes", []) { try $0.integer(0) } }
            }
            world.clock.advance(seconds: 3_599)
            try await world.community.removeExpired()
            #expect(try await count() == 1)
            world.clock.advance(seconds: 1)
            try await world.community.removeExpired()
            #expect(try await count() == 0)
        }
    }
}
