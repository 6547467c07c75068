import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// contracts/chat.md 3.2: changing, handing over and deleting spaces.
struct SpaceChangeTests {
    @Test(arguments: TestEngine.available) func onlyWhatChangesIsTold(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada).id
            world.clock.advance(seconds: 60)
            let changed = try await world.community.updateSpace(
                space, by: ada, SpaceChanges(name: " Nest ", description: .set("of birds"), iconURL: .set("https://example.org/i.png")))
            #expect((changed.name, changed.description, changed.iconURL) == ("Nest", "of birds", "https://example.org/i.png"))
            #expect(changed.updatedAt == world.clock.now)
            #expect(try await world.community.spaceDetail(space, for: ada).space == changed)
            guard case .spaceUpdated(let told) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(told == changed)
            let count = world.events.count
            #expect(try await world.community.updateSpace(space, by: ada, SpaceChanges(name: "Nest")) == changed)
            #expect(world.events.count == count)
            #expect(try await world.community.updateSpace(space, by: ada, SpaceChanges(description: .set(nil))).description == nil)
        }
    }

    @Test(arguments: TestEngine.available) func theOwnerHandsOver(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve, joan) = (try await world.account("ada"), try await world.account("eve"), try await world.account("joan"))
            let space = try await world.space(by: ada).id
            for account in [eve, joan] { try await world.join(space, account, invitedBy: ada) }
            try await world.promote(joan, in: space)
            let community = world.community
            await #expect(throws: CommunityError.ownerOnly) {
                try await community.updateSpace(space, by: joan, SpaceChanges(ownerID: joan))
            }
            await #expect(throws: CommunityError.missingPermission(.manageSpace)) {
                try await community.updateSpace(space, by: eve, SpaceChanges(ownerID: eve))
            }
            let stranger = try await world.account("stranger")
            for nobody in [stranger, AccountID(1)] {
                do {
                    _ = try await community.updateSpace(space, by: ada, SpaceChanges(name: "x", ownerID: nobody))
                    #expect(Bool(false), "a stranger owns the space")
                } catch CommunityError.invalid(let fields) {
                    #expect(fields.map(\.name) == ["owner_id"])
                }
            }
            #expect(try await community.updateSpace(space, by: ada, SpaceChanges(ownerID: eve)).ownerID == eve)
            #expect(try await community.spaceDetail(space, for: ada).members.map(\.role) == [.member, .owner, .admin])
            await #expect(throws: CommunityError.missingPermission(.manageSpace)) {
                try await community.updateSpace(space, by: ada, SpaceChanges(name: "mine"))
            }
            // An admin who has owned the space is a plain member afterwards.
            _ = try await community.updateSpace(space, by: eve, SpaceChanges(ownerID: joan))
            _ = try await community.updateSpace(space, by: joan, SpaceChanges(ownerID: eve))
            #expect(try await community.spaceDetail(space, for: ada).members.map(\.role) == [.member, .owner, .member])
            try await community.removeMember(ada, from: space, by: ada)
            await #expect(throws: CommunityError.ownerCannotLeave) { try await community.removeMember(eve, from: space, by: eve) }
        }
    }

    @Test(arguments: TestEngine.available) func aDeletedSpaceLeavesNothingBehind(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let before = try await world.rowCounts()
            let space = try await world.space(by: ada)
            try await world.join(space.id, eve, invitedBy: ada)
            _ = try await world.community.createMessage(in: space.general, by: eve, content: "hi")
            let other = try await world.community.createChannel(in: space.id, by: ada, name: "other").id
            await #expect(throws: CommunityError.ownerOnly) { try await world.community.deleteSpace(space.id, by: eve) }
            let position = try await world.community.eventPosition().latest
            let count = world.events.count
            try await world.community.deleteSpace(space.id, by: ada)
            let told = world.changes.dropFirst(count).map { change -> String in
                switch change {
                case .channelDeleted(let channel): channel.id == other ? "other" : "general"
                case .spaceDeleted(space.id): "space"
                case .removedFromSpace(let removal):
                    "\(removal.account.username) \(removal.reason.rawValue) \(removal.memberCount)"
                default: "something else"
                }
            }
            #expect(told == ["general", "other", "space", "ada server_deleted 0", "eve server_deleted 0"])
            while try await world.community.removeDeletedMessages() {}
            // Accounts, logins, the audit log and the event log may grow; nothing else is left.
            let after = try await world.rowCounts()
            #expect(Array(after[3...11]) == Array(before[3...11]))
            for account in [ada, eve] {
                await #expect(throws: CommunityError.unknownSpace) { try await world.community.spaceDetail(space.id, for: account) }
                let missed = try await world.missedEvents(for: account, after: position, upTo: .max, limit: 10).events
                guard missed.count == 1, case .removedFromSpace(let removal) = missed.first?.live as? CommunityEvent else {
                    return #expect(Bool(false), "\(missed)")
                }
                #expect(removal.spaceID == space.id && removal.account.id == account && removal.reason == .serverDeleted)
            }
        }
    }

    @Test(arguments: TestEngine.available) func theHomeSpaceStays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.administrator("ada")
            let home = try await world.home
            await #expect(throws: CommunityError.homeSpaceStays) { try await world.community.deleteSpace(home, by: ada) }
            #expect(try await world.community.spaces(of: ada).map(\.id) == [home])
        }
    }
}
