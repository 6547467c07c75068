import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 4: who may have galaxies here, and the proof of whose server this is.
struct OperatorTests {
    @Test(arguments: TestEngine.available) func operatorsComeFromThreePlaces(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.operators = ["configured"]
        try await TestWorld.run(on: engine, settings: settings) { world in
            try await world.community.addOperator("added")
            try await world.community.addOperator("added")
            let root = try await world.administrator()
            for id in ["configured", "added", String(root.rawValue)] { #expect(try await world.community.isOperator(id), "\(id)") }
            let ada = try await world.account("ada")
            for id in ["nobody", "", "\0", String(ada.rawValue), "0\(root.rawValue)"] {
                #expect(try await !world.community.isOperator(id), "\(id)")
            }
            #expect(try await world.community.operators() == ["added", "configured"])
        }
    }

    @Test(arguments: TestEngine.available) func anOperatorCanBeRemovedAgain(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.operators = ["configured"]
        try await TestWorld.run(on: engine, settings: settings) { world in
            try await world.community.addOperator("added")
            #expect(try await world.community.removeOperator("added"))
            #expect(try await !world.community.removeOperator("added"))
            #expect(try await !world.community.isOperator("added"))
            // What the configuration says is taken out of the configuration.
            #expect(try await !world.community.removeOperator("configured"))
            #expect(try await world.community.isOperator("configured"))
        }
    }

    @Test(arguments: TestEngine.available) func whatCanBeNoIdIsNoOperator(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            for id in ["", "a b", "ü", String(repeating: "a", count: 65), "\0"] {
                await #expect(throws: CommunityError.self, "\(id)") { try await world.community.addOperator(id) }
            }
            try await world.community.addOperator(String(repeating: "a", count: 64))
        }
    }

    /// "tokens an operator registered (22..128 base64url characters, 10 minutes)".
    @Test(arguments: TestEngine.available) func theServerAnswersForATokenForTenMinutes(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let token = "abcdefghijklmnopqrstuv"
            #expect(try await !world.community.isChallenge(token))
            try await world.community.registerChallenge(token)
            world.clock.advance(seconds: 599)
            #expect(try await world.community.isChallenge(token))
            world.clock.advance(seconds: 1)
            #expect(try await !world.community.isChallenge(token))
            try await world.community.registerChallenge(token)
            #expect(try await world.community.isChallenge(token))
            #expect(try await !world.community.isChallenge(token.uppercased()))
        }
    }

    @Test(
        arguments: [
            "", "abcdefghijklmnopqrstu", String(repeating: "a", count: 129), "abcdefghijklmnopqrstu=", "abcdefghijklmnopqrstu/",
            "abcdefghijklmnopqrst\0\0",
        ])
    func whatIsNoTokenIsRefused(_ token: String) async throws {
        try await TestWorld.run(on: .sqlite) { world in
            await #expect(throws: CommunityError.self) { try await world.community.registerChallenge(token) }
            let isKnown = try await world.community.isChallenge(token)
            #expect(!isKnown)
        }
    }
}
