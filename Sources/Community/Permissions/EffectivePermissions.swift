/// What an account may do in a space or channel: contracts/cosmos.md 6.4, as one pure function.
public enum EffectivePermissions {
    /// A role that an account has.
    public struct Role: Sendable, Equatable {
        /// The role.
        public var id: RoleID
        /// What it grants in the whole space.
        public var permissions: Permissions

        /// A role.
        public init(id: RoleID, permissions: Permissions) {
            self.id = id
            self.permissions = permissions
        }
    }

    /// What an account is in a space.
    public struct Subject: Sendable, Equatable {
        /// The account.
        public var accountID: AccountID
        /// Whether the account owns the space.
        public var isOwner: Bool
        /// Whether the account is a member.
        public var isMember: Bool
        /// Whether the member may only read for a while.
        public var isTimedOut: Bool
        /// The account's roles, without everyone.
        public var roles: [Role]

        /// An account in a space.
        public init(accountID: AccountID, isOwner: Bool = false, isMember: Bool = true, isTimedOut: Bool = false, roles: [Role] = []) {
            self.accountID = accountID
            self.isOwner = isOwner
            self.isMember = isMember
            self.isTimedOut = isTimedOut
            self.roles = roles
        }
    }

    /// What a channel says about permissions.
    public struct ChannelRules: Sendable, Equatable {
        /// What everyone has here; nil: the same as in the whole space.
        public var everyone: Permissions?
        /// What it allows and denies beyond that.
        public var overrides: [PermissionOverride]
        /// Whether people speak in it.
        public var isVoice: Bool

        /// The rules of a channel.
        public init(everyone: Permissions? = nil, overrides: [PermissionOverride] = [], isVoice: Bool = false) {
            self.everyone = everyone
            self.overrides = overrides
            self.isVoice = isVoice
        }
    }

    /// Resolves permissions.
    ///
    /// - Parameters:
    ///   - subject: who.
    ///   - spaceID: in which space; the id also stands for the role everyone.
    ///   - everyone: what that role grants in the whole space.
    ///   - channel: in which channel; nil: in the space as a whole.
    public static func resolve(
        for subject: Subject, in spaceID: SpaceID, everyone: Permissions, channel: ChannelRules? = nil
    ) -> Permissions {
        if subject.isOwner { return .all }
        guard subject.isMember else { return [] }
        let base = subject.roles.reduce(everyone) { $0.union($1.permissions) }.intersection(.all)
        if base.contains(.administrator) { return .all }
        guard let channel else { return base }

        var result = base
        let inherited = everyone.intersection(.channel)
        let here = (channel.everyone ?? inherited).intersection(.channel)
        result.subtract(inherited.subtracting(here))
        result.formUnion(here.subtracting(inherited))

        if !channel.overrides.isEmpty {
            let everyoneID = spaceID.rawValue
            let roleIDs = subject.roles.map(\.id.rawValue).filter { $0 != everyoneID }
            result.apply(channel.overrides, for: [everyoneID], deny: .roleDeny, allow: .roleAllow)
            result.apply(channel.overrides, for: roleIDs, deny: .roleDeny, allow: .roleAllow)
            result.apply(channel.overrides, for: [subject.accountID.rawValue], deny: .memberDeny, allow: .memberAllow)
        }

        if subject.isTimedOut { result.formIntersection(.reading) }
        return result.withoutImplied(isVoice: channel.isVoice)
    }
}

extension Permissions {
    /// One tier of overrides: within it allow beats deny, whatever their order.
    fileprivate mutating func apply(
        _ overrides: [PermissionOverride], for targets: [Int64], deny: PermissionOverride.Kind, allow: PermissionOverride.Kind
    ) {
        let own = overrides.filter { targets.contains($0.targetID) }
        for override in own where override.kind == deny { subtract(override.permissions.intersection(.channel)) }
        for override in own where override.kind == allow { formUnion(override.permissions.intersection(.channel)) }
    }

    /// Clears what is worth nothing without something else (contracts/cosmos.md 6.4, step 9).
    func withoutImplied(isVoice: Bool = false) -> Permissions {
        guard contains(.viewChannel) else { return [] }
        var result = self
        if !contains(.sendMessages) { result.subtract([.embedLinks, .attachFiles, .mentionEveryone]) }
        if isVoice, !contains(.connect) {
            result.subtract([
                .prioritySpeaker, .stream, .speak, .muteMembers, .deafenMembers, .moveMembers, .useVoiceActivity,
            ])
        }
        return result
    }
}
