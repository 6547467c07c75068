import Community
import Testing

/// contracts/cosmos.md 6.2 to 6.4.
struct EffectivePermissionsTests {
    private static let space = SpaceID(500)
    private static let account = AccountID(7)
    private static let r1 = RoleID(11)
    private static let r2 = RoleID(12)

    typealias Role = EffectivePermissions.Role
    typealias Override = PermissionOverride

    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var channelDefault: Int64
        var roles: [Role] = []
        var overrides: [Override] = []
        var isOwner = false
        var isMember = true
        var isTimedOut = false
        var result: Int64

        var testDescription: String { name }
    }

    private static func role(_ id: RoleID, _ bits: Int64 = 0) -> Role {
        Role(id: id, permissions: Permissions(rawValue: bits))
    }

    private static func override(_ kind: Override.Kind, _ target: Int64, _ bits: Int64) -> Override {
        Override(kind: kind, targetID: target, permissions: Permissions(rawValue: bits))
    }

    private static let everyone = space.rawValue
    private static let user = account.rawValue

    /// The table of 6.4, in its order.
    static let vectors = [
        Vector(name: "P1", channelDefault: 37_080_641, result: 104_189_505),
        Vector(name: "P2", channelDefault: 37_079_617, result: 0),
        Vector(name: "P3", channelDefault: 37_079_617, roles: [role(r1, 9_218)], result: 0),
        Vector(
            name: "P4", channelDefault: 37_079_617, roles: [role(r1, 8_194)], overrides: [override(.roleAllow, r1.rawValue, 1_024)],
            result: 104_197_699),
        Vector(
            name: "P5", channelDefault: 37_080_641, roles: [role(r1), role(r2)],
            overrides: [override(.roleDeny, r1.rawValue, 2_048), override(.roleAllow, r2.rawValue, 2_048)], result: 104_189_505),
        Vector(
            name: "P6", channelDefault: 37_080_641, roles: [role(r2)],
            overrides: [override(.roleAllow, r2.rawValue, 2_048), override(.memberDeny, user, 2_048)], result: 104_138_305),
        Vector(
            name: "P7", channelDefault: 37_080_641,
            overrides: [override(.roleDeny, everyone, 2_048), override(.memberAllow, user, 2_048)], result: 104_189_505),
        Vector(
            name: "P8", channelDefault: 37_080_641,
            overrides: [override(.memberAllow, user, 2_048), override(.memberDeny, user, 2_048)], result: 104_189_505),
        Vector(
            name: "P9", channelDefault: 0, roles: [role(r1, 8)], overrides: [override(.memberDeny, user, 1_024)], result: 2_146_955_263),
        Vector(name: "P10", channelDefault: 0, overrides: [override(.memberDeny, user, 1_024)], isOwner: true, result: 2_146_955_263),
        Vector(name: "P11", channelDefault: 37_080_641, isMember: false, result: 0),
        Vector(name: "P12", channelDefault: 37_080_641, isTimedOut: true, result: 66_560),
        Vector(name: "P13", channelDefault: 0, result: 0),
        Vector(name: "P14", channelDefault: 37_080_641, overrides: [override(.roleDeny, everyone, 2_048)], result: 104_138_305),
        Vector(
            name: "P15", channelDefault: 37_080_641, roles: [role(r1, 8_194)], overrides: [override(.roleDeny, r1.rawValue, 8_192)],
            result: 104_189_507),
    ]

    private static func resolve(_ vector: Vector, overrides: [Override]) -> Permissions {
        EffectivePermissions.resolve(
            for: EffectivePermissions.Subject(
                accountID: account, isOwner: vector.isOwner, isMember: vector.isMember, isTimedOut: vector.isTimedOut, roles: vector.roles),
            in: space, everyone: .everyoneDefault,
            channel: EffectivePermissions.ChannelRules(everyone: Permissions(rawValue: vector.channelDefault), overrides: overrides))
    }

    @Test(arguments: vectors) func theVectorsOfTheContractHold(_ vector: Vector) {
        #expect(Self.resolve(vector, overrides: vector.overrides).rawValue == vector.result)
    }

    /// 6.1: "order-independent".
    @Test(arguments: vectors) func theOrderOfOverridesDoesNotMatter(_ vector: Vector) {
        #expect(Self.resolve(vector, overrides: vector.overrides.reversed()).rawValue == vector.result)
    }

    /// 6.2: the masks.
    @Test func theMasksHaveTheValuesOfTheContract() {
        #expect(Permissions.all.rawValue == 2_146_955_263)
        #expect(Permissions.channel.rawValue == 871_886_673)
        #expect(Permissions.everyoneDefault.rawValue == 104_189_505)
        #expect(Permissions.everyoneDefault.intersection(.channel).rawValue == 37_080_641)
    }

    /// 6.2: the table of bits.
    @Test func everyBitHasItsName() {
        #expect(Permissions.all.names.count == 29)
        #expect(Permissions(rawValue: 1).names == ["CREATE_INVITE"])
        #expect(Permissions(rawValue: 32 | 1_073_741_824).names == ["MANAGE_GALAXY", "MANAGE_EXPRESSIONS"])
        #expect(Permissions(rawValue: 1 << 12 | 1 << 19).names.isEmpty)
        #expect(Permissions.sendMessages.rawValue == 2_048 && Permissions.manageRoles.rawValue == 268_435_456)
    }

    /// 6.3: "If D changes later, channels that never changed defaultPermissions follow".
    @Test func aChannelWithoutADefaultOfItsOwnFollowsEveryone() {
        let everyone = Permissions.everyoneDefault.subtracting(.sendMessages)
        let result = EffectivePermissions.resolve(
            for: EffectivePermissions.Subject(accountID: Self.account), in: Self.space, everyone: everyone,
            channel: EffectivePermissions.ChannelRules())
        #expect(result == everyone.subtracting([.embedLinks, .attachFiles]))
    }

    /// 6.4 step 3: in the space as a whole nothing of a channel counts.
    @Test func inTheSpaceRolesAddUp() {
        let subject = EffectivePermissions.Subject(accountID: Self.account, roles: [Self.role(Self.r1, 16), Self.role(Self.r2, 2)])
        let result = EffectivePermissions.resolve(for: subject, in: Self.space, everyone: [.viewChannel])
        #expect(result == [.viewChannel, .manageChannels, .kickMembers])
    }

    /// 6.2: bits 12 and 19 and those above 30 mean nothing, whoever stored them.
    @Test func reservedBitsAreNeverGranted() {
        let subject = EffectivePermissions.Subject(accountID: Self.account, roles: [Self.role(Self.r1, 1 << 12 | 1 << 19 | 1 << 40)])
        #expect(EffectivePermissions.resolve(for: subject, in: Self.space, everyone: [.viewChannel]) == [.viewChannel])
    }

    /// 6.3: overrides hold channel bits only; a foreign bit that got into the database opens nothing.
    @Test func anOverrideCannotGrantWhatIsNoMatterOfChannels() {
        let subject = EffectivePermissions.Subject(accountID: Self.account)
        let rules = EffectivePermissions.ChannelRules(
            everyone: Permissions(rawValue: -1), overrides: [Self.override(.memberAllow, Self.user, 8 | 32)])
        let result = EffectivePermissions.resolve(for: subject, in: Self.space, everyone: .everyoneDefault, channel: rules)
        #expect(!result.contains(.administrator) && !result.contains(.manageSpace))
    }

    /// 6.4 step 5: the id of the space as a role means everyone, also for somebody who has a role of that number.
    @Test func everyoneIsATierOfItsOwn() {
        let subject = EffectivePermissions.Subject(accountID: Self.account, roles: [Self.role(RoleID(Self.everyone)), Self.role(Self.r1)])
        let rules = EffectivePermissions.ChannelRules(
            overrides: [Self.override(.roleAllow, Self.everyone, 2_048), Self.override(.roleDeny, Self.r1.rawValue, 2_048)])
        let result = EffectivePermissions.resolve(for: subject, in: Self.space, everyone: .everyoneDefault, channel: rules)
        #expect(!result.contains(.sendMessages))
    }

    /// 6.4 step 9: a voice channel without CONNECT.
    @Test func withoutConnectThereIsNoVoice() {
        let subject = EffectivePermissions.Subject(accountID: Self.account)
        let denied = [Self.override(.memberDeny, Self.user, Permissions.connect.rawValue)]
        let voice = EffectivePermissions.resolve(
            for: subject, in: Self.space, everyone: .everyoneDefault,
            channel: EffectivePermissions.ChannelRules(overrides: denied, isVoice: true))
        let text = EffectivePermissions.resolve(
            for: subject, in: Self.space, everyone: .everyoneDefault, channel: EffectivePermissions.ChannelRules(overrides: denied))
        #expect(voice.isDisjoint(with: [.connect, .stream, .speak, .useVoiceActivity]) && voice.contains(.sendMessages))
        #expect(text.contains([.stream, .speak, .useVoiceActivity]))
    }
}
