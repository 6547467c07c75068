import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Who may do what in a space (contracts/chat.md 1.1 and 2, "Rights"), and that a refused call changes nothing.
struct PermissionMatrixTests {
    enum Person: String, CaseIterable, Sendable { case stranger, member, admin, owner }

    enum Act: String, CaseIterable, Sendable {
        case seeSpace, listChannels, seeChannel, read, readOne, write, createChannel, invite

        /// What the contract says; nil: allowed.
        func refusal(for person: Person) -> CommunityError? {
            switch (person, self) {
            case (.stranger, _): .missingAccess
            case (.member, .createChannel): .missingPermission(.manageChannels)
            default: nil
            }
        }
    }

    @Test(arguments: TestEngine.available) func eachMayDoWhatTheContractSays(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let space = try await world.space(by: people.owner)
            try await world.join(space.id, people.member, invitedBy: people.owner)
            try await world.join(space.id, people.admin, invitedBy: people.owner)
            try await world.promote(people.admin, in: space.id)
            let message = try await world.community.createMessage(in: space.general, by: people.owner, content: "hi").0.id
            for person in Person.allCases {
                for act in Act.allCases {
                    let before = try await world.rowCounts()
                    let refusal = try await Self.refusal {
                        try await Self.perform(act, people.id(of: person), in: space, on: message, of: world.community)
                    }
                    #expect(refusal == act.refusal(for: person), "\(person) \(act)")
                    if refusal != nil { #expect(try await world.rowCounts() == before, "\(person) \(act)") }
                }
            }
            let roles = try await world.community.spaceDetail(space.id, for: people.owner).members.map(\.role)
            #expect(roles.sorted { $0.rawValue < $1.rawValue } == [.admin, .member, .owner])
        }
    }

    /// What does not exist is unknown to everybody, in the contract's own word for it.
    @Test(arguments: TestEngine.available) func whatDoesNotExistIsUnknown(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let nowhere = (id: SpaceID(1), general: ChannelID(1))
            for act in Act.allCases {
                let refusal = try await Self.refusal {
                    try await Self.perform(act, ada, in: nowhere, on: MessageID(1), of: world.community)
                }
                switch act {
                case .seeSpace, .listChannels, .createChannel, .invite: #expect(refusal == .unknownSpace, "\(act)")
                case .seeChannel, .read, .readOne, .write: #expect(refusal == .unknownChannel, "\(act)")
                }
            }
        }
    }

    /// contracts/cosmos.md 6.4: a channel without VIEW_CHANNEL is closed to members, open to those whom a role lets in.
    @Test(arguments: TestEngine.available) func overridesAreObeyedEverywhere(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let people = try await Self.people(in: world)
            let space = try await world.space(by: people.owner)
            try await world.join(space.id, people.member, invitedBy: people.owner)
            let hidden = try await world.community.createChannel(in: space.id, by: people.owner, name: "hidden").id
            let quiet = try await world.community.createChannel(in: space.id, by: people.owner, name: "quiet").id
            _ = try await world.database.transaction { tx in
                // What later operations on permissions will write.
                try tx.execute(
                    "UPDATE channels SET inherits_default = 0, default_permissions = $1 WHERE id = $2",
                    [.integer(37_079_617), .integer(hidden.rawValue)])
                try tx.execute("UPDATE channels SET override_count = 1 WHERE id = $1", [.integer(quiet.rawValue)])
                try tx.execute(
                    "INSERT INTO channel_overrides (channel_id, kind, target_id, permissions) VALUES ($1, 3, $2, $3)",
                    [.integer(quiet.rawValue), .integer(people.member.rawValue), .integer(Permissions.sendMessages.rawValue)])
            }
            let community = world.community
            #expect(try await community.channels(of: space.id, for: people.member).map(\.id) == [space.general, quiet])
            #expect(try await community.channels(of: space.id, for: people.owner).map(\.id) == [space.general, hidden, quiet])
            await #expect(throws: CommunityError.missingAccess) { try await community.channel(hidden, for: people.member) }
            await #expect(throws: CommunityError.missingAccess) {
                try await community.createMessage(in: hidden, by: people.member, content: "psst")
            }
            await #expect(throws: CommunityError.missingPermission(.sendMessages)) {
                try await community.createMessage(in: quiet, by: people.member, content: "psst")
            }
            _ = try await community.createMessage(in: quiet, by: people.owner, content: "hush")
            #expect(try await community.history(quiet, for: people.member, anchor: .latest, limit: 5).items.map(\.content) == ["hush"])
        }
    }

    // MARK: Support

    struct People: Sendable {
        var stranger, member, admin, owner: AccountID

        func id(of person: Person) -> AccountID {
            switch person {
            case .stranger: stranger
            case .member: member
            case .admin: admin
            case .owner: owner
            }
        }
    }

    private static func people(in world: TestWorld) async throws -> People {
        People(
            stranger: try await world.account("stranger"), member: try await world.account("member"),
            admin: try await world.account("admin"),
            owner: try await world.account("owner"))
    }

    private static func perform(
        _ act: Act, _ account: AccountID, in space: (id: SpaceID, general: ChannelID), on message: MessageID, of community: Community
    ) async throws {
        switch act {
        case .seeSpace: _ = try await community.spaceDetail(space.id, for: account)
        case .listChannels: _ = try await community.channels(of: space.id, for: account)
        case .seeChannel: _ = try await community.channel(space.general, for: account)
        case .read: _ = try await community.history(space.general, for: account, anchor: .latest, limit: 10)
        case .readOne: _ = try await community.message(message, in: space.general, for: account)
        case .write: _ = try await community.createMessage(in: space.general, by: account, content: "hi", nonce: "n")
        case .createChannel: _ = try await community.createChannel(in: space.id, by: account, name: "new")
        case .invite: _ = try await community.createInvite(space: space.id, by: account, maximumAge: 60, maximumUses: 1)
        }
    }

    private static func refusal(_ body: () async throws -> Void) async throws -> CommunityError? {
        do {
            try await body()
            return nil
        } catch let error as CommunityError {
            return error
        }
    }
}
