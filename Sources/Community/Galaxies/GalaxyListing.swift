internal import Primitives
internal import Storage

/// What somebody sees of the channels of a galaxy: contracts/cosmos.md 6.6 and 7.4.
struct GalaxyListing {
    let galaxyID: String
    let space: SpaceID
    /// What everyone has in the whole galaxy.
    let everyone: Permissions
    /// Nil for whoever sees all.
    let subject: EffectivePermissions.Subject?

    /// The channels that are listed, in the order of their ids.
    func channels(_ records: [GalaxyChannelRecord]) -> [GalaxyChannel] {
        let wireIDs = Dictionary(records.map { ($0.channel.id, $0.wireID) }, uniquingKeysWith: { first, _ in first })
        let visible = records.filter { permissions(in: $0).contains(.viewChannel) }
        let parents = Set(visible.compactMap(\.parent))
        return records.compactMap { record in
            let isVisible = permissions(in: record).contains(.viewChannel)
            // A heading is shown over what somebody sees, but not what it says.
            let isHeading = !isVisible && record.channel.kind == .category && parents.contains(record.channel.id)
            guard isVisible || isHeading else { return nil }
            var shown = channel(record, parentID: record.parent.flatMap { wireIDs[$0] })
            if isHeading {
                shown.channel.topic = nil
                shown.overrides = []
            }
            return shown
        }.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    }

    /// One channel with what the viewer may know of it.
    func channel(_ record: GalaxyChannelRecord, parentID: String?) -> GalaxyChannel {
        let permissions = permissions(in: record)
        var channel = record.channel
        if !permissions.contains(.readMessageHistory) {
            channel.lastMessageID = nil
            channel.lastTextMessageID = nil
        }
        return GalaxyChannel(
            channel: channel, id: record.wireID, galaxyID: galaxyID, parentID: parentID,
            everyone: (record.rules.everyone ?? everyone).intersection(.channel),
            overrides: record.rules.overrides.filter { isKnown($0, permissions) }.map { wire($0, record.people) }.sorted {
                ($0.kind.rawValue, $0.id.utf8.count, $0.id) < ($1.kind.rawValue, $1.id.utf8.count, $1.id)
            },
            permissions: permissions)
    }

    func permissions(in record: GalaxyChannelRecord) -> Permissions {
        guard let subject else { return .all }
        return record.listed.permissions(of: subject, everyone: everyone, overrides: record.rules.overrides)
    }

    /// How Cosmos names the target of a rule.
    private func wire(_ override: PermissionOverride, _ people: [Int64: String]) -> GalaxyOverride {
        let number = String(override.targetID)
        let id =
            switch override.kind {
            case .roleAllow, .roleDeny: override.targetID == space.rawValue ? galaxyID : number
            case .memberAllow, .memberDeny: people[override.targetID] ?? number
            }
        return GalaxyOverride(kind: override.kind, id: id, permissions: override.permissions)
    }

    /// Who cannot manage the rules knows those only that are about itself: others would tell who is here.
    private func isKnown(_ override: PermissionOverride, _ permissions: Permissions) -> Bool {
        guard let subject, !subject.isOwner, !permissions.contains(.manageRoles) else { return true }
        switch override.kind {
        case .memberAllow, .memberDeny: return override.targetID == subject.accountID.rawValue
        case .roleAllow, .roleDeny:
            return override.targetID == space.rawValue || subject.roles.contains { $0.id.rawValue == override.targetID }
        }
    }
}

extension SQLReader {
    /// What a viewer sees of a galaxy.
    ///
    /// - Returns: nil for strangers, who see no channels.
    func listing(of space: SpaceID, for viewer: GalaxyViewer, at now: Timestamp) throws -> (GalaxyListing, AccountID)? {
        let galaxyID = try galaxyID(of: space)
        switch viewer {
        case .stranger: return nil
        case .metadataServer(let origin):
            guard try galaxy(space).source == origin else { return nil }
            return try listing(of: space, for: .system, at: now)
        case .system:
            let everyone = try standing(of: AccountID(0), in: space, at: now).everyone
            return (GalaxyListing(galaxyID: galaxyID, space: space, everyone: everyone, subject: nil), AccountID(0))
        case .account(let account):
            let standing = try standing(of: account, in: space, at: now)
            guard standing.subject.isMember else { return nil }
            return (GalaxyListing(galaxyID: galaxyID, space: space, everyone: standing.everyone, subject: standing.subject), account)
        }
    }
}
