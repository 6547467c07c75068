internal import Primitives
internal import Storage

/// Writing channels of galaxies: parents, copies of their rules, and who hears of it.
extension Transaction {
    /// A channel that the actor may change.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.spaceSuspended`.
    func manageable(
        _ channelID: String, of id: String, by actor: Actor, needing needed: Permissions = .manageChannels
    ) throws -> (Space, GalaxyListing, GalaxyChannelRecord) {
        let space = try participation(of: actor, in: id, at: now)
        guard let (listing, account) = try listing(of: space.id, for: actor.viewer, at: now) else { throw CommunityError.unknownChannel }
        let record = try record(channelID, in: space.id, for: account)
        let permissions = listing.permissions(in: record)
        guard permissions.contains(.viewChannel) else { throw CommunityError.unknownChannel }
        let missing = needed.subtracting(permissions)
        guard missing.isEmpty else { throw CommunityError.missingPermission(missing) }
        return (space, listing, record)
    }

    func createChannel(
        _ draft: GalaxyChannelDraft, in space: Space, _ listing: GalaxyListing, by actor: Actor, _ account: AccountID
    ) throws -> ChannelID {
        let parent = try draft.parentID.map { try category($0, in: space.id, listing, account) }
        try requireRight(toPlaceInto: parent, of: space, listing, by: actor)
        if let parent {
            guard parent.channel.kind == .category, draft.kind != .category else { throw CommunityError.invalidParent }
            try requireRoom(in: parent.channel.id)
        }
        guard !space.isHome else {
            // Its channels have members of their own (DESIGN section 7); there are no headings over them.
            guard draft.kind == .text, let owner = actor.viewer.account else { throw CommunityError.unknownChannelKind }
            return try insertHomeChannel(draft.content, in: space.id, access: .publicMembership, owner: owner).channel.id
        }
        try requireRoomForChannel(in: space.id, limit: Limits.channelsPerSpace, "channels per space")
        var channel = try insertChannel(draft.content, in: space.id, kind: draft.kind, access: .open)
        let rules = parent?.rules ?? StoredRules()
        channel.hasOwnAudience = rules.narrowsAudience
        try execute(
            "UPDATE channels SET external_id = $1, parent_id = $2 WHERE id = $3",
            [.optional(draft.id), .optional(parent?.channel.id.rawValue), .integer(channel.id.rawValue)])
        try store(rules, of: channel.id, ownAudience: channel.hasOwnAudience)
        append(.channelCreated(channel))
        if channel.hasOwnAudience, channel.kind == .text {
            for viewer in try viewers(of: channel) { append(.channelShown(channel, to: viewer)) }
        }
        return channel.id
    }

    func update(
        _ record: GalaxyChannelRecord, in space: Space, _ listing: GalaxyListing, by actor: Actor, _ changes: GalaxyChannelChanges
    ) throws {
        var channel = changes.content.applied(to: record.channel)
        guard channel.kind != .category || channel.topic == nil else {
            throw CommunityError.invalid([InvalidField(name: "topic", code: "BASE_TYPE_CHOICES", message: "A category has no topic.")])
        }
        var parent: GalaxyChannelRecord?
        if case .set(let wanted) = changes.parentID {
            parent = try wanted.map { try category($0, in: space.id, listing, actor.accountID) }
            if parent?.channel.id != record.parent {
                try requireRight(toPlaceInto: parent, of: space, listing, by: actor)
                if let parent {
                    guard parent.channel.kind == .category, channel.kind != .category, channel.access == .open else {
                        throw CommunityError.invalidParent
                    }
                    try requireRoom(in: parent.channel.id)
                }
                try execute(
                    "UPDATE channels SET parent_id = $1 WHERE id = $2",
                    [.optional(parent?.channel.id.rawValue), .integer(channel.id.rawValue)])
            }
        } else if let present = record.parent {
            parent = try records(of: space.id, only: present, for: actor.accountID).first
        }
        let inherited = listing.everyone.intersection(.channel)
        var rules = record.rules
        if changes.syncsPermissions, let parent, !parent.rules.says(theSameAs: rules, default: inherited) { rules = parent.rules }
        rules.everyone = changes.everyone.applied(to: rules.everyone)
        let isOther = channel != record.channel || parent?.channel.id != record.parent
        guard isOther || rules != record.rules else { return }
        if rules != record.rules {
            try requireRight(toChange: record, to: rules, inherited: inherited, listing)
            try apply(rules, to: record, in: space, everyone: listing.everyone)
            channel.hasOwnAudience = channel.hasOwnAudience || rules.narrowsAudience
            try audit(.permissionsChanged, by: actor.accountID, in: space.id, subject: channel.id.rawValue, details: actor.origin)
        }
        guard isOther else { return append(.channelUpdated(channel)) }
        try update(record.channel, to: channel, by: actor.accountID, details: actor.origin)
    }

    /// Whether the actor may have a channel say this about permissions (contracts/cosmos.md 6.5).
    ///
    /// - Throws: `CommunityError.missingPermission`, `.cannotGrant`.
    func requireRight(
        toChange record: GalaxyChannelRecord, to rules: StoredRules, inherited: Permissions, _ listing: GalaxyListing
    ) throws {
        let holder = listing.permissions(in: record)
        // Channels of the home space have members of their own, and no rules.
        guard record.channel.access == .open, holder.contains(.manageRoles) else { throw CommunityError.missingPermission(.manageRoles) }
        try PermissionGrant.check(from: record.rules, to: rules, inherited: inherited, holder: holder)
    }

    /// A channel that shall be a parent, which the actor sees.
    ///
    /// - Throws: `CommunityError.invalidParent`.
    private func category(
        _ id: String, in space: SpaceID, _ listing: GalaxyListing, _ account: AccountID
    ) throws -> GalaxyChannelRecord {
        guard let record = try found({ try record(id, in: space, for: account) }), listing.permissions(in: record).contains(.viewChannel)
        else { throw CommunityError.invalidParent }
        return record
    }

    /// Within a category its rights count, elsewhere those of the whole galaxy; in the home space any member may.
    private func requireRight(
        toPlaceInto parent: GalaxyChannelRecord?, of space: Space, _ listing: GalaxyListing, by actor: Actor
    ) throws {
        guard case .account(let account) = actor else { return }
        if let parent {
            guard listing.permissions(in: parent).contains(.manageChannels) else {
                throw CommunityError.missingPermission(.manageChannels)
            }
        } else if !space.isHome {
            try standing(of: account, in: space.id, at: now).require(.manageChannels)
        }
    }

    private func requireRoom(in category: ChannelID) throws {
        let count = try first("SELECT COUNT(*) FROM channels WHERE parent_id = $1", [.integer(category.rawValue)]) {
            Int(try $0.integer(0))
        }
        guard count ?? 0 < Limits.channelsPerCategory else { throw CommunityError.invalidParent }
    }
}

extension GalaxyViewer {
    /// The person, nil for others.
    var account: AccountID? {
        if case .account(let account) = self { return account }
        return nil
    }
}
