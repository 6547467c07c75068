import Community
import Storage
import StorageTesting
import Testing

/// Whom a person's presence concerns (contracts/chat.md 5.5), and who may be shown as typing (5.6).
struct PresenceTests {
    @Test(arguments: TestEngine.available) func presenceConcernsThoseWhoShareASpaceOrADirectChannel(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let first = try await world.space(by: ada, name: "first")
            let second = try await world.space(by: eve, name: "second")
            try await world.join(second.id, ada, invitedBy: eve)
            let direct = try await world.community.openDirectChannel(by: ada, with: joan).0
            let audiences = try await world.community.presenceAudiences(of: [ada, eve, joan, AccountID(1)])
            #expect(audiences.count == 3)
            let sources = [
                EventSource(scope: .space, id: first.id.rawValue), EventSource(scope: .space, id: second.id.rawValue),
                EventSource(scope: .direct, id: direct.id.rawValue),
            ]
            #expect(audiences[ada] == PresenceAudience(username: "ada", status: .online, sources: sources, reach: 1 + 2 + 2))
            #expect(audiences[eve] == PresenceAudience(username: "eve", status: .online, sources: [sources[1]], reach: 2))
            #expect(audiences[joan] == PresenceAudience(username: "joan", status: .online, sources: [sources[2]], reach: 2))
            #expect(try await world.community.presenceAudiences(of: []).isEmpty)
        }
    }

    @Test(arguments: TestEngine.available) func manyAudiencesAreReadAtOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada)
            var accounts = [ada]
            for number in 1...18 {
                accounts.append(try await world.account("user\(number)"))
                try await world.join(space.id, accounts[number], invitedBy: ada)
            }
            let audiences = try await world.community.presenceAudiences(of: accounts)
            #expect(Set(audiences.keys) == Set(accounts))
            #expect(audiences.values.allSatisfy { $0.reach == 19 && $0.sources.map(\.id) == [space.id.rawValue] })
        }
    }

    @Test(arguments: TestEngine.available) func whoIsRemovedSharesNothingAnyMore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            try await world.community.removeMember(eve, from: space.id, by: ada)
            let audiences = try await world.community.presenceAudiences(of: [ada, eve])
            #expect(audiences[ada]?.reach == 1 && audiences[eve]?.sources.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.available) func aChoiceIsRememberedAndWrittenOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let before = world.events.count
            try await world.community.choosePresence(.online, for: ada)
            #expect(world.events.count == before)
            try await world.community.choosePresence(.dnd, for: ada)
            try await world.community.choosePresence(.dnd, for: ada)
            #expect(world.events.count == before + 1)
            guard case .accountUpdated(let account) = world.changes.last else {
                Issue.record("The last change is no update of an account.")
                return
            }
            #expect(account.id == ada && account.status == .dnd)
            #expect(try await world.community.account(ada).status == .dnd)
            #expect(try await world.community.presenceAudiences(of: [ada])[ada]?.status == .dnd)
            await #expect(throws: CommunityError.unknownAccount) { try await world.community.choosePresence(.dnd, for: AccountID(1)) }
        }
    }

    @Test(arguments: TestEngine.available) func typingNeedsTheRightToWrite(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            let typist = try await world.community.typist(in: space.general, by: eve)
            #expect(typist.author.username == "eve" && typist.channelID == space.general && typist.spaceID == space.id)
            #expect(typist.source == EventSource(scope: .space, id: space.id.rawValue))
            await #expect(throws: CommunityError.missingAccess) { try await world.community.typist(in: space.general, by: joan) }
            await #expect(throws: CommunityError.unknownChannel) { try await world.community.typist(in: ChannelID(1), by: eve) }
            _ = try await world.database.transaction { tx in
                try tx.execute(
                    "UPDATE roles SET permissions = $1 WHERE id = $2",
                    [.integer(Permissions.viewChannel.rawValue), .integer(space.id.rawValue)])
            }
            await #expect(throws: CommunityError.missingPermission(.sendMessages)) {
                try await world.community.typist(in: space.general, by: eve)
            }
            let direct = try await world.community.openDirectChannel(by: ada, with: joan).0
            let whisperer = try await world.community.typist(in: direct.id, by: joan)
            #expect(whisperer.spaceID == nil && whisperer.source == EventSource(scope: .direct, id: direct.id.rawValue))
        }
    }
}
