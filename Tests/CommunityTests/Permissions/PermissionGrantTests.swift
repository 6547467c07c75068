import Testing

@testable import Community

/// contracts/cosmos.md 6.5: "Others may only change bits they themselves hold there, counting bits newly allowed, newly denied, and denies removed".
struct PermissionGrantTests {
    typealias Override = PermissionOverride

    struct Change: Sendable, CustomTestStringConvertible {
        var name: String
        var before: [Override] = []
        var after: [Override] = []
        var everyoneBefore: Permissions?
        var everyoneAfter: Permissions?
        /// What the one who changes it lacks of `holder`.
        var lacking: Permissions?

        var testDescription: String { name }
    }

    private static let inherited = Permissions.everyoneDefault.intersection(.channel)
    private static let holder: Permissions = [.viewChannel, .sendMessages, .manageRoles, .addReactions]

    private static func rule(_ kind: Override.Kind, _ permissions: Permissions) -> Override {
        Override(kind: kind, targetID: 11, permissions: permissions)
    }

    static let changes = [
        Change(name: "allows what it has", after: [rule(.roleAllow, [.sendMessages, .addReactions])]),
        Change(name: "allows what it lacks", after: [rule(.memberAllow, [.sendMessages, .manageMessages])], lacking: .manageMessages),
        Change(name: "denies what it has", after: [rule(.roleDeny, .sendMessages)]),
        Change(
            name: "denies what it lacks", after: [rule(.memberDeny, [.attachFiles, .manageWebhooks])],
            lacking: [.attachFiles, .manageWebhooks]),
        Change(
            name: "adds a bit to a rule that has others", before: [rule(.roleAllow, .manageMessages)],
            after: [rule(.roleAllow, [.manageMessages, .sendMessages])]),
        Change(
            name: "adds a bit it lacks to a rule", before: [rule(.roleAllow, .sendMessages)],
            after: [rule(.roleAllow, [.sendMessages, .attachFiles])], lacking: .attachFiles),
        Change(name: "removes an allowance of what it lacks", before: [rule(.roleAllow, .manageMessages)]),
        Change(name: "removes a denial of what it has", before: [rule(.roleDeny, .sendMessages)]),
        Change(name: "removes a denial of what it lacks", before: [rule(.roleDeny, .attachFiles)], lacking: .attachFiles),
        Change(
            name: "takes a bit it lacks out of a denial", before: [rule(.memberDeny, [.attachFiles, .sendMessages])],
            after: [rule(.memberDeny, .sendMessages)], lacking: .attachFiles),
        Change(
            name: "turns a denial into an allowance", before: [rule(.roleDeny, .attachFiles)], after: [rule(.roleAllow, .attachFiles)],
            lacking: .attachFiles),
        Change(
            name: "leaves what it lacks alone", before: [rule(.roleDeny, .attachFiles)],
            after: [rule(.roleDeny, .attachFiles), rule(.memberAllow, .sendMessages)]),
        Change(name: "takes what it has from everyone", everyoneAfter: inherited.subtracting(.sendMessages)),
        Change(name: "takes what it lacks from everyone", everyoneAfter: inherited.subtracting(.attachFiles), lacking: .attachFiles),
        Change(name: "gives everyone what it lacks", everyoneAfter: inherited.union(.manageMessages), lacking: .manageMessages),
        Change(name: "gives back to everyone what it lacks", everyoneBefore: inherited.subtracting(.attachFiles), lacking: .attachFiles),
        Change(name: "writes down what was inherited", everyoneAfter: inherited),
        Change(name: "allows the care for rules", after: [rule(.roleAllow, .manageRoles)], lacking: .manageRoles),
        Change(name: "denies the care for rules", after: [rule(.memberDeny, .manageRoles)], lacking: .manageRoles),
        Change(name: "removes a denial of the care for rules", before: [rule(.roleDeny, .manageRoles)], lacking: .manageRoles),
        Change(name: "gives everyone the care for rules", everyoneAfter: inherited.union(.manageRoles), lacking: .manageRoles),
    ]

    private static func check(_ change: Change, holder: Permissions) throws(CommunityError) {
        try PermissionGrant.check(
            from: StoredRules(everyone: change.everyoneBefore, overrides: change.before),
            to: StoredRules(everyone: change.everyoneAfter, overrides: change.after), inherited: inherited, holder: holder)
    }

    @Test(arguments: changes) func membersChangeOnlyWhatTheyHave(_ change: Change) throws {
        guard let lacking = change.lacking else { return try Self.check(change, holder: Self.holder) }
        #expect(throws: CommunityError.cannotGrant(lacking)) { try Self.check(change, holder: Self.holder) }
    }

    /// 6.5: "owner/ADMINISTRATOR: no further limit".
    @Test(arguments: changes) func whoHasEverythingChangesEverything(_ change: Change) throws {
        try Self.check(change, holder: .all)
    }
}
