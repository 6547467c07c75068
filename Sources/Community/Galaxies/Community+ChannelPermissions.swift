internal import Primitives
internal import Storage

extension Community {
    /// Sets a rule of a channel (contracts/cosmos.md 6.3, 6.5). Needs MANAGE_ROLES there, and, but for the owner and administrators, every bit that is
    /// newly allowed or denied. In a category its synced channels follow.
    ///
    /// Who does not see the channel any more is told with `channelHidden`, who sees it now with `channelShown`.
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.cannotGrant`, `.invalidPermissions`, `.spaceSuspended`.
    public func setChannelOverride(_ override: GalaxyOverride, in channelID: String, of id: String, by actor: Actor) async throws
        -> GalaxyChannel
    {
        guard !override.permissions.isEmpty, override.permissions.isSubset(of: .channel) else {
            throw CommunityError.invalidPermissions("A rule has at least one bit, and only those of channels.")
        }
        return try await changeRules(of: channelID, of: id, by: actor) { rules, space, tx in
            let target = try tx.target(of: override, in: space)
            rules.overrides.removeAll { $0.kind == override.kind && $0.targetID == target }
            rules.overrides.append(PermissionOverride(kind: override.kind, targetID: target, permissions: override.permissions))
            guard rules.overrides.count <= Limits.overridesPerChannel else {
                throw CommunityError.invalidPermissions("A channel has at most \(Limits.overridesPerChannel) rules.")
            }
        }
    }

    /// Removes a rule of a channel; one that is not there is no failure.
    ///
    /// - Throws: as `setChannelOverride`.
    public func removeChannelOverride(
        _ kind: PermissionOverride.Kind, _ target: String, in channelID: String, of id: String, by actor: Actor
    ) async throws -> GalaxyChannel {
        try await changeRules(of: channelID, of: id, by: actor) { rules, space, tx in
            let target = try tx.target(of: GalaxyOverride(kind: kind, id: target, permissions: []), in: space)
            rules.overrides.removeAll { $0.kind == kind && $0.targetID == target }
        }
    }

    private func changeRules(
        of channelID: String, of id: String, by actor: Actor,
        _ change: @escaping @Sendable (inout StoredRules, Space, Transaction) throws -> Void
    ) async throws -> GalaxyChannel {
        try await write { tx in
            let (space, listing, record) = try tx.manageable(channelID, of: id, by: actor, needing: .manageRoles)
            var rules = record.rules
            try change(&rules, space, tx)
            guard rules != record.rules else { return try tx.shown(record, listing) }
            try tx.requireRight(toChange: record, to: rules, inherited: listing.everyone.intersection(.channel), listing)
            try tx.apply(rules, to: record, in: space, everyone: listing.everyone)
            try tx.audit(
                .permissionsChanged, by: actor.accountID, in: space.id, subject: record.channel.id.rawValue, details: actor.origin)
            let changed = try tx.record(channelID, in: space.id, for: actor.accountID)
            tx.append(.channelUpdated(changed.channel))
            // Somebody may lose the sight of the channel by this; it is shown once more.
            return listing.channel(changed, parentID: try tx.parentID(of: changed))
        }
    }
}

extension Transaction {
    /// The role or account that a rule names.
    ///
    /// - Throws: `CommunityError.invalidPermissions`.
    fileprivate func target(of override: GalaxyOverride, in space: Space) throws -> Int64 {
        switch override.kind {
        case .roleAllow, .roleDeny:
            if try override.id == galaxyID(of: space.id) { return space.id.rawValue }
            let role = try Int64(override.id).flatMap { number in
                try first("SELECT id FROM roles WHERE id = $1 AND space_id = $2", [.integer(number), .integer(space.id.rawValue)]) {
                    try $0.integer(0)
                }
            }
            guard let role else { throw CommunityError.invalidPermissions("There is no such role.") }
            return role
        case .memberAllow, .memberDeny:
            guard let account = try account(userID: override.id) else { throw CommunityError.invalidPermissions("There is no such user.") }
            return account.rawValue
        }
    }

    /// Writes the rules of a channel, those of the channels that are synced with it, and tells everybody whose sight changes
    /// (docs/decisions/0006-audiences.md). `channelUpdated` about the channel itself is the caller's; those that follow have theirs here.
    func apply(_ rules: StoredRules, to record: GalaxyChannelRecord, in space: Space, everyone: Permissions) throws {
        let inherited = everyone.intersection(.channel)
        let children = try children(of: record, in: space.id).filter { $0.rules.says(theSameAs: record.rules, default: inherited) }
        var population: SpacePopulation?
        for affected in [record] + children {
            let channel = affected.channel
            var changed = channel
            changed.hasOwnAudience = channel.hasOwnAudience || rules.narrowsAudience
            try store(rules, of: channel.id, ownAudience: changed.hasOwnAudience)
            if changed.hasOwnAudience, channel.kind == .text {
                let members = try population ?? self.population(of: space.id)
                population = members
                tell(members, of: affected, changed, rules)
            }
            if channel.id != record.channel.id { append(.channelUpdated(changed)) }
        }
    }

    /// Tells those whose sight of a channel changes with its rules, and those who keep it when its events get a place of their own.
    private func tell(_ population: SpacePopulation, of record: GalaxyChannelRecord, _ changed: Channel, _ rules: StoredRules) {
        let before = Set(population.viewers(of: record.listed, with: record.rules))
        let after = Set(population.viewers(of: record.listed, with: rules))
        // First those who see it no more, so that nothing reaches them from the new place.
        for account in before.subtracting(after).sorted() { append(.channelHidden(changed, from: account, .rules)) }
        if !record.channel.hasOwnAudience {
            for account in before.intersection(after).sorted() { append(.channelNarrowed(changed, for: account)) }
        }
        for account in after.subtracting(before).sorted() { append(.channelShown(changed, to: account)) }
    }
}
