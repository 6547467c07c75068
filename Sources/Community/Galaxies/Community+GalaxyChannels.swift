internal import Primitives
internal import Storage

extension Community {
    /// The channels of a galaxy that a viewer sees, in the order of their ids; none for those who are no members.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    public func galaxyChannels(of id: String, for viewer: GalaxyViewer) async throws -> [GalaxyChannel] {
        let now = clock()
        return try await scan { reader in
            let space = try reader.spaceID(galaxy: id)
            guard let (listing, account) = try reader.listing(of: space, for: viewer, at: now) else { return [] }
            return listing.channels(try reader.records(of: space, for: account))
        }
    }

    /// One channel of a galaxy.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel` also for one that the viewer does not see.
    public func galaxyChannel(_ channelID: String, of id: String, for viewer: GalaxyViewer) async throws -> GalaxyChannel {
        let now = clock()
        return try await read { reader in
            let space = try reader.spaceID(galaxy: id)
            guard let (listing, account) = try reader.listing(of: space, for: viewer, at: now) else { throw CommunityError.unknownChannel }
            return try reader.shown(try reader.record(channelID, in: space, for: account), listing)
        }
    }

    /// Whether somebody may try to change something in a galaxy: it is there, and the actor is a member or the metadata server that made it.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingPermission` for those who are no members, `.spaceSuspended`.
    public func requireParticipation(of actor: Actor, in id: String) async throws {
        let now = clock()
        try await read { reader in _ = try reader.participation(of: actor, in: id, at: now) }
    }

    /// Makes a channel in a galaxy (contracts/cosmos.md 7.5). Below a category it begins with what the category says about permissions.
    ///
    /// The event `channelCreated` is committed with it; who sees one that not everybody sees is told with `channelShown`.
    /// - Returns: the channel, and whether it is new: the same one again from a metadata server changes nothing.
    /// - Throws: `CommunityError.unknownSpace`, `.missingPermission`, `.invalidParent`, `.channelConflict`, `.limitReached`, `.spaceSuspended`.
    public func createGalaxyChannel(
        in id: String, _ draft: GalaxyChannelDraft, by actor: Actor
    ) async throws -> (channel: GalaxyChannel, isNew: Bool) {
        try await write { tx in
            let space = try tx.participation(of: actor, in: id, at: tx.now)
            guard let (listing, account) = try tx.listing(of: space.id, for: actor.viewer, at: tx.now) else {
                throw CommunityError.missingPermission(.manageChannels)
            }
            if let channelID = draft.id, let known = try tx.found({ try tx.record(channelID, in: space.id, for: account) }) {
                let shown = try tx.shown(known, listing)
                guard shown.channel.name == draft.content.name, shown.channel.kind == draft.kind,
                    shown.channel.topic == draft.content.topic,
                    shown.parentID == draft.parentID
                else { throw CommunityError.channelConflict }
                return (shown, isNew: false)
            }
            let channel = try tx.createChannel(draft, in: space, listing, by: actor, account)
            return (try tx.shown(try tx.record(String(channel.rawValue), orExternal: draft.id, in: space.id, for: account), listing), true)
        }
    }

    /// Changes a channel of a galaxy, all of it or nothing. Needs MANAGE_CHANNELS there; moving it also in the category that it goes to, or in the whole
    /// galaxy. What changes its rules needs what `setChannelOverride` needs. The event `channelUpdated` is committed with it, unless nothing changes.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.cannotGrant`, `.invalidParent`,
    ///   `.invalidPermissions`, `.channelNameTaken` in the home space, `.spaceSuspended`.
    public func updateGalaxyChannel(
        _ channelID: String, of id: String, by actor: Actor, _ changes: GalaxyChannelChanges
    ) async throws -> GalaxyChannel {
        var changes = changes
        changes.content.topic = changes.content.topic.emptyAsNone
        try changes.check()
        return try await write { [changes] tx in
            let (space, listing, record) = try tx.manageable(channelID, of: id, by: actor, needing: changes.neededPermissions)
            try tx.update(record, in: space, listing, by: actor, changes)
            // Somebody may lose the sight of the channel by this; it is shown once more.
            let changed = try tx.record(channelID, in: space.id, for: actor.accountID)
            return listing.channel(changed, parentID: try tx.parentID(of: changed))
        }
    }

    /// Removes a channel of a galaxy. The channels of a category stay, without it. Needs MANAGE_CHANNELS there. The events are `channelUpdated` for
    /// each of those, and those of `deleteChannel`.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.unknownChannel`, `.missingPermission`, `.spaceSuspended`.
    public func deleteGalaxyChannel(_ channelID: String, of id: String, by actor: Actor) async throws {
        try await write { tx in
            let (space, _, record) = try tx.manageable(channelID, of: id, by: actor)
            guard !record.channel.hasMembership || record.channel.ownerID == actor.accountID else {
                throw CommunityError.missingPermission(.manageChannels)
            }
            let children = try tx.children(of: record, in: space.id)
            try tx.execute("UPDATE channels SET parent_id = NULL WHERE parent_id = $1", [.integer(record.channel.id.rawValue)])
            for child in children { tx.append(.channelUpdated(child.channel)) }
            try tx.delete(record.channel)
            try tx.audit(
                .channelDeleted, by: actor.accountID, in: space.id, subject: record.channel.id.rawValue, details: record.channel.name)
        }
    }
}

extension Actor {
    /// The same one, looking.
    var viewer: GalaxyViewer {
        switch self {
        case .account(let account): .account(account)
        case .metadataServer(let origin): .metadataServer(origin: origin)
        }
    }
}

extension SQLReader {
    /// The space of a galaxy in which an actor may try to change something.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingPermission`, `.spaceSuspended`.
    func participation(of actor: Actor, in id: String, at now: Timestamp) throws -> Space {
        let spaceID = try spaceID(galaxy: id)
        switch actor {
        case .metadataServer(let origin):
            let galaxy = try galaxy(id, of: origin)
            try galaxy.flags.requireWritable()
            return galaxy.space
        case .account(let account):
            let standing = try standing(of: account, in: spaceID, at: now)
            guard standing.subject.isMember else { throw CommunityError.missingPermission([]) }
            try standing.flags.requireWritable()
            return standing.space
        }
    }

    func shown(_ record: GalaxyChannelRecord, _ listing: GalaxyListing) throws -> GalaxyChannel {
        guard listing.permissions(in: record).contains(.viewChannel) else { throw CommunityError.unknownChannel }
        return listing.channel(record, parentID: try parentID(of: record))
    }

    /// By the id that was given, or by the number where none was.
    func record(
        _ number: String, orExternal id: String?, in space: SpaceID, for account: AccountID
    ) throws -> GalaxyChannelRecord {
        try record(id ?? number, in: space, for: account)
    }

    /// Nil when the object is unknown.
    func found<Value>(_ look: () throws -> Value) throws -> Value? {
        do {
            return try look()
        } catch CommunityError.unknownChannel {
            return nil
        }
    }
}
