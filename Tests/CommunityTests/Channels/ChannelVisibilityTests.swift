import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Channels that not everybody in the space sees: who hears of them, before and after a change of roles or owner.
struct ChannelVisibilityTests {
    private struct Nest {
        let space: SpaceID
        let hidden: ChannelID
        let owner, admin, member: AccountID
    }

    /// A space with a channel that only those with ADMINISTRATOR see.
    private static func nest(in world: TestWorld) async throws -> Nest {
        let (owner, admin, member) = (try await world.account("owner"), try await world.account("admin"), try await world.account("member"))
        let space = try await world.space(by: owner).id
        for account in [admin, member] { try await world.join(space, account, invitedBy: owner) }
        let hidden = try await world.community.createChannel(in: space, by: owner, name: "hidden").id
        _ = try await world.database.transaction { tx in
            try tx.execute(
                "UPDATE channels SET inherits_default = 0, default_permissions = 0, own_audience = 1 WHERE id = $1",
                [.integer(hidden.rawValue)])
        }
        _ = try await world.community.updateMember(admin, of: space, by: owner, role: .admin, nickname: .keep)
        return Nest(space: space, hidden: hidden, owner: owner, admin: admin, member: member)
    }

    @Test(arguments: TestEngine.available) func rolesShowAndHide(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let shown = world.changes.compactMap {
                if case .channelShown(let channel, let account) = $0 { (channel.id, account) } else { nil }
            }
            #expect(shown.count == 1 && shown[0] == (nest.hidden, nest.admin))
            _ = try await world.community.updateMember(nest.admin, of: nest.space, by: nest.owner, role: .member, nickname: .keep)
            let hidden = world.changes.compactMap {
                if case .channelHidden(let channel, let account, _) = $0 { (channel.id, account) } else { nil }
            }
            #expect(hidden.count == 1 && hidden[0] == (nest.hidden, nest.admin))
        }
    }

    /// Whoever sees a channel anyway is told nothing when a role lets in as well.
    @Test(arguments: TestEngine.available) func whatWasSeenBeforeIsNotShownAgain(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            _ = try await world.database.transaction { tx in
                try tx.execute("UPDATE channels SET override_count = 1 WHERE id = $1", [.integer(nest.hidden.rawValue)])
                try tx.execute(
                    "INSERT INTO channel_overrides (channel_id, kind, target_id, permissions) VALUES ($1, $2, $3, $4)",
                    [
                        .integer(nest.hidden.rawValue), .integer(PermissionOverride.Kind.memberAllow.rawValue),
                        .integer(nest.member.rawValue), .integer(Permissions.reading.rawValue),
                    ])
            }
            let count = world.events.count
            for role in [MemberRole.admin, .member] {
                _ = try await world.community.updateMember(nest.member, of: nest.space, by: nest.owner, role: role, nickname: .keep)
            }
            #expect(world.events.count == count + 2)
            #expect(try await world.community.channel(nest.hidden, for: nest.member).id == nest.hidden)
        }
    }

    @Test(arguments: TestEngine.available) func eventsGoToThoseWhoSee(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let source = EventSource(scope: .channel, id: nest.hidden.rawValue)
            func hears(_ account: AccountID) async throws -> Bool { try await world.community.visibleScopes(for: account).contains(source) }
            #expect(try await hears(nest.owner))
            #expect(try await hears(nest.admin))
            #expect(try await !hears(nest.member))
            let position = try await world.community.eventPosition().latest
            let message = try await world.community.createMessage(in: nest.hidden, by: nest.owner, content: "psst").0.id
            let event = try #require(world.events.last)
            #expect(event.scope == .channel && event.scopeID == nest.hidden.rawValue)
            for (account, expected) in [(nest.owner, [message.rawValue]), (nest.admin, [message.rawValue]), (nest.member, [])] {
                let missed = try await world.missedEvents(for: account, after: position, upTo: .max, limit: 10)
                #expect(missed.events.map(\.subjectID) == expected)
            }
        }
    }

    @Test(arguments: TestEngine.available) func whoLostSightWhileAwayHearsOfThatOnly(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let position = try await world.community.eventPosition().latest
            _ = try await world.community.createMessage(in: nest.hidden, by: nest.owner, content: "before")
            _ = try await world.community.updateMember(nest.admin, of: nest.space, by: nest.owner, role: .member, nickname: .keep)
            _ = try await world.community.createMessage(in: nest.hidden, by: nest.owner, content: "after")
            let missed = try await world.missedEvents(for: nest.admin, after: position, upTo: .max, limit: 10).events
            let about = missed.compactMap { event -> String? in
                switch event.live as? CommunityEvent {
                case .channelHidden(let channel, _, _): "hidden \(channel.name ?? "")"
                case .memberUpdated: nil
                default: "something else"
                }
            }
            #expect(about == ["hidden hidden"])
        }
    }

    @Test(arguments: TestEngine.available) func whoLostTheSpaceWhileAwayHearsOfNothingElse(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let position = try await world.community.eventPosition().latest
            _ = try await world.community.updateMember(nest.admin, of: nest.space, by: nest.owner, role: .member, nickname: .keep)
            try await world.community.removeMember(nest.admin, from: nest.space, by: nest.owner)
            let missed = try await world.missedEvents(for: nest.admin, after: position, upTo: .max, limit: 10).events
            guard missed.count == 1, case .removedFromSpace = missed.first?.live as? CommunityEvent else {
                return #expect(Bool(false), "\(missed)")
            }
        }
    }

    @Test(arguments: TestEngine.available) func theOwnerTakesSightAlong(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let count = world.events.count
            _ = try await world.community.updateSpace(nest.space, by: nest.owner, SpaceChanges(ownerID: nest.member))
            let told = world.changes.dropFirst(count).compactMap { change -> String? in
                switch change {
                case .channelShown(_, let account): account == nest.member ? "shown to the new owner" : "shown to somebody"
                case .channelHidden(_, let account, _): account == nest.owner ? "hidden from the former owner" : "hidden from somebody"
                default: nil
                }
            }
            #expect(told == ["hidden from the former owner", "shown to the new owner"])
        }
    }

    /// Whoever goes listens to none of them any more.
    @Test(arguments: TestEngine.available) func whoLeavesTheSpaceLeavesThemToo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            try await world.community.removeMember(nest.admin, from: nest.space, by: nest.admin)
            let removals = world.changes.compactMap { if case .removedFromSpace(let removal) = $0 { removal } else { nil } }
            #expect(removals.map(\.closedChannels) == [[nest.hidden]])
        }
    }

    /// A member of a channel who may not see it hears nothing of it, live or later.
    @Test(arguments: TestEngine.available) func aMemberOfAChannelWithoutSightHearsNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.administrator("ada"), try await world.account("eve"))
            let channel = try await world.community.createChannel(in: try await world.home, by: ada, name: "perch").id
            _ = try await world.community.joinChannel(channel, by: eve)
            _ = try await world.database.transaction { tx in
                try tx.execute(
                    "UPDATE channel_members SET permissions = $1 WHERE account_id = $2",
                    [.integer(Permissions.sendMessages.rawValue), .integer(eve.rawValue)])
            }
            let source = EventSource(scope: .channel, id: channel.rawValue)
            #expect(try await world.community.visibleScopes(for: ada).contains(source))
            #expect(try await !world.community.visibleScopes(for: eve).contains(source))
        }
    }

    @Test(arguments: TestEngine.available) func itsEndIsToldToThoseWhoSawIt(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            let count = world.events.count
            try await world.community.deleteChannel(nest.hidden, by: nest.admin)
            let hidden = world.changes.dropFirst(count).compactMap {
                if case .channelHidden(_, let account, _) = $0 { account } else { nil }
            }
            #expect(hidden == [nest.owner, nest.admin])
            #expect(world.events.last?.scope == .channel)
        }
    }

    /// A channel that was closed for a time keeps an audience of its own: what happened in it stays in one place of the log.
    @Test(arguments: TestEngine.available) func aNewMemberListensToWhatItSees(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let nest = try await Self.nest(in: world)
            _ = try await world.database.transaction { tx in
                try tx.execute("UPDATE channels SET inherits_default = 1 WHERE id = $1", [.integer(nest.hidden.rawValue)])
            }
            let eve = try await world.account("eve")
            try await world.join(nest.space, eve, invitedBy: nest.owner)
            guard case .memberAdded(_, _, let detail) = world.changes.last else { return #expect(Bool(false), "no event") }
            #expect(detail.channels.filter(\.hasOwnAudience).map(\.id) == [nest.hidden])
            #expect(try await world.community.visibleScopes(for: eve).contains(EventSource(scope: .channel, id: nest.hidden.rawValue)))
        }
    }
}
