import TestSupport
import Testing

@testable import Community

/// contracts/cosmos.md 6.4, for thousands of members and channels: what has to hold whatever the roles and rules are.
struct PermissionPropertyTests {
    typealias Override = PermissionOverride

    /// A member and a channel out of small pools, so that rules meet their targets.
    private struct Case {
        static let space = SpaceID(500)
        static let targets: [Int64] = [500, 11, 12, 13, 7, 8]

        var subject: EffectivePermissions.Subject
        var everyone: Permissions
        var rules: EffectivePermissions.ChannelRules

        init(_ random: inout SeededGenerator) {
            subject = EffectivePermissions.Subject(
                accountID: AccountID(7), isTimedOut: Int.random(in: 0..<8, using: &random) == 0,
                roles: [11, 12, 13].filter { _ in Bool.random(using: &random) }.map {
                    EffectivePermissions.Role(id: RoleID($0), permissions: Self.bits(&random).subtracting(.administrator))
                })
            everyone = Self.bits(&random).subtracting(.administrator)
            rules = EffectivePermissions.ChannelRules(
                everyone: Bool.random(using: &random) ? Self.bits(&random) : nil,
                overrides: (0..<Int.random(in: 0..<8, using: &random)).map { _ in Self.override(&random) },
                isVoice: Bool.random(using: &random))
        }

        /// Few bits, many bits, or any number, also ones that mean nothing.
        static func bits(_ random: inout SeededGenerator) -> Permissions {
            let raw = Int64.random(in: 0...Int64(1) << 34, using: &random)
            return switch Int.random(in: 0..<3, using: &random) {
            case 0: Permissions(rawValue: raw)
            case 1: Permissions(rawValue: raw | Int64.random(in: 0...Int64(1) << 31, using: &random)).union(.everyoneDefault)
            default: Permissions(rawValue: raw & Int64.random(in: 0...Int64(1) << 31, using: &random))
            }
        }

        static func override(_ random: inout SeededGenerator) -> Override {
            let kind = Override.Kind(rawValue: Int64.random(in: 0...3, using: &random)) ?? .roleAllow
            return Override(kind: kind, targetID: targets.randomElement(using: &random) ?? 0, permissions: bits(&random))
        }

        func resolved(_ overrides: [Override]? = nil) -> Permissions {
            var rules = rules
            rules.overrides = overrides ?? rules.overrides
            return EffectivePermissions.resolve(for: subject, in: Self.space, everyone: everyone, channel: rules)
        }
    }

    private static func check(_ seed: UInt64, _ body: (inout Case, inout SeededGenerator) -> Void) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var one = Case(&random)
            body(&one, &random)
        }
    }

    /// 6.1: "order-independent".
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func theOrderOfRulesNeverMatters(_ seed: UInt64) {
        Self.check(seed) { one, random in
            #expect(one.resolved(one.rules.overrides.shuffled(using: &random)) == one.resolved())
        }
    }

    /// 6.2: reserved bits, and those of the whole galaxy, come from no channel.
    @Test(arguments: 4...6 as ClosedRange<UInt64>) func nothingIsGrantedThatHasNoMeaning(_ seed: UInt64) {
        Self.check(seed) { one, _ in
            let base = EffectivePermissions.resolve(for: one.subject, in: Case.space, everyone: one.everyone)
            #expect(one.resolved().isSubset(of: .all))
            #expect(one.resolved().subtracting(.channel).isSubset(of: base))
        }
    }

    @Test(arguments: 7...9 as ClosedRange<UInt64>) func anotherAllowanceTakesNothing(_ seed: UInt64) {
        Self.check(seed) { one, random in
            var added = Case.override(&random)
            added.kind = Bool.random(using: &random) ? .roleAllow : .memberAllow
            #expect(one.resolved().isSubset(of: one.resolved(one.rules.overrides + [added])))
        }
    }

    @Test(arguments: 10...12 as ClosedRange<UInt64>) func anotherDenialGivesNothing(_ seed: UInt64) {
        Self.check(seed) { one, random in
            var added = Case.override(&random)
            added.kind = Bool.random(using: &random) ? .roleDeny : .memberDeny
            #expect(one.resolved(one.rules.overrides + [added]).isSubset(of: one.resolved()))
        }
    }

    /// Rules about others, and about roles that the member has not, are none of its business.
    @Test(arguments: 13...15 as ClosedRange<UInt64>) func rulesForOthersChangeNothing(_ seed: UInt64) {
        Self.check(seed) { one, _ in
            let mine = Set([500, 7] + one.subject.roles.map(\.id.rawValue))
            #expect(one.resolved(one.rules.overrides.filter { mine.contains($0.targetID) }) == one.resolved())
        }
    }

    /// 6.4 step 7: what a rule about the member itself allows, it has, unless it lacks what that needs; what only that denies, it has not.
    @Test(arguments: 16...18 as ClosedRange<UInt64>) func theMembersOwnRulesComeLast(_ seed: UInt64) {
        Self.check(seed) { one, random in
            let bits = Case.bits(&random).intersection(.channel)
            let others = one.rules.overrides.filter { $0.targetID != 7 }
            let denied = one.resolved(others + [Override(kind: .memberDeny, targetID: 7, permissions: bits)])
            #expect(denied.isDisjoint(with: bits))
            guard !one.subject.isTimedOut else { return }
            let needed: Permissions = [.viewChannel, .sendMessages, .connect]
            let allowed = one.resolved(others + [Override(kind: .memberAllow, targetID: 7, permissions: bits.union(needed))])
            #expect(bits.isSubset(of: allowed))
        }
    }

    /// 6.4 steps 8 and 9.
    @Test(arguments: 19...21 as ClosedRange<UInt64>) func whatNeedsSomethingElseGoesWithIt(_ seed: UInt64) {
        Self.check(seed) { one, _ in
            let result = one.resolved()
            if !result.contains(.viewChannel) { #expect(result.isEmpty) }
            if !result.contains(.sendMessages) { #expect(result.isDisjoint(with: [.embedLinks, .attachFiles, .mentionEveryone])) }
            if one.rules.isVoice, !result.contains(.connect) {
                let voice: Permissions = [
                    .prioritySpeaker, .stream, .speak, .muteMembers, .deafenMembers, .moveMembers, .useVoiceActivity,
                ]
                #expect(result.isDisjoint(with: voice))
            }
            if one.subject.isTimedOut { #expect(result.isSubset(of: .reading)) }
        }
    }

    /// 6.4 steps 1 to 3.
    @Test(arguments: 22...24 as ClosedRange<UInt64>) func ownersAndAdministratorsHaveEverythingAndStrangersNothing(_ seed: UInt64) {
        Self.check(seed) { one, _ in
            var other = one
            other.subject.isMember = false
            #expect(other.resolved().isEmpty)
            other.subject.isOwner = true
            #expect(other.resolved() == .all)
            var administrator = one
            administrator.subject.roles.append(EffectivePermissions.Role(id: RoleID(14), permissions: .administrator))
            #expect(administrator.resolved() == .all)
        }
    }
}
