import Community
import Primitives
import Storage
import StorageTesting

/// Galaxies of a metadata server, the people in them, and what was told to whom.
extension TestWorld {
    static let origin = "https://metadata.example.net"
    static let metadata = Actor.metadataServer(origin: origin)
    static let metadataViewer = GalaxyViewer.metadataServer(origin: origin)
    static let issuer = "https://identity.example.net"

    /// A galaxy `g1` of the operator `u1`, whom nobody has heard of before.
    @discardableResult
    func galaxy(_ id: String = "g1", owner: String = "u1", flags: SpaceFlags = SpaceFlags()) async throws -> Galaxy {
        try await community.addOperator(owner)
        let draft = try GalaxyDraft(id: id, name: "Rookery", ownerID: owner, flags: flags)
        return try await community.createGalaxy(draft, by: .actor(Self.metadata), address: "192.0.2.1").galaxy
    }

    /// A person of another server, made a member of a galaxy.
    func galaxyMember(_ userID: String, of id: String = "g1") async throws -> AccountID {
        try await community.addGalaxyMember(userID, to: id, by: Self.origin)
        return try await community.account(cosmosUser: userID).id
    }

    /// A channel that the metadata server makes.
    @discardableResult
    func galaxyChannel(
        _ id: String, kind: ChannelKind = .text, in parent: String? = nil, of galaxy: String = "g1", by actor: Actor = metadata
    ) async throws -> GalaxyChannel {
        let draft = try GalaxyChannelDraft(
            id: actor == Self.metadata ? id : nil, name: id, kind: kind.rawValue, topic: kind == .category ? nil : "about \(id)",
            parentID: parent)
        return try await community.createGalaxyChannel(in: galaxy, draft, by: actor).channel
    }

    /// Says what a channel allows or denies.
    @discardableResult
    func rule(
        _ kind: PermissionOverride.Kind, _ target: String, _ permissions: Permissions, in channel: String, of galaxy: String = "g1",
        by actor: Actor = metadata
    ) async throws -> GalaxyChannel {
        try await community.setChannelOverride(
            GalaxyOverride(kind: kind, id: target, permissions: permissions), in: channel, of: galaxy, by: actor)
    }

    /// Says what everyone has in a channel.
    @discardableResult
    func everyone(
        _ permissions: Permissions?, in channel: String, of galaxy: String = "g1", by actor: Actor = metadata
    ) async throws -> GalaxyChannel {
        try await community.updateGalaxyChannel(channel, of: galaxy, by: actor, GalaxyChannelChanges(everyone: .set(permissions)))
    }

    /// A role of a galaxy with members, made past all rules: there is no way to make one yet.
    func role(_ permissions: Permissions = [], in space: SpaceID, of members: [AccountID]) async throws -> RoleID {
        RoleID(
            try await database.transaction { tx in
                let id = tx.nextID()
                try tx.execute(
                    """
                    INSERT INTO roles (id, space_id, kind, name, permissions, position, created_at) VALUES ($1, $2, 0, 'keeper', $3, 1, 0)
                    """, [.integer(id), .integer(space.rawValue), .integer(permissions.rawValue)])
                for member in members {
                    try tx.execute(
                        "INSERT INTO member_roles (space_id, account_id, role_id) VALUES ($1, $2, $3)",
                        [.integer(space.rawValue), .integer(member.rawValue), .integer(id)])
                }
                return id
            })
    }

    /// A token's words about somebody, made now.
    func identity(_ subject: String, issuer: String = issuer, name: String? = nil) -> CosmosIdentity {
        CosmosIdentity(issuer: issuer, subject: subject, name: name, issuedAt: clock.now.microseconds / 1_000_000)
    }

    /// What the events after the first ones say about channels, in words.
    func told(after count: Int) -> [String] {
        changes.dropFirst(count).compactMap { change in
            switch change {
            case .channelCreated(let channel): "created \(channel.name ?? "")"
            case .channelUpdated(let channel): "updated \(channel.name ?? "")"
            case .channelDeleted(let channel): "deleted \(channel.name ?? "")"
            case .channelShown(let channel, let account): "shown \(channel.name ?? "") to \(account.rawValue)"
            case .channelHidden(let channel, let account, let loss): "hidden \(channel.name ?? "") from \(account.rawValue) (\(loss))"
            case .channelNarrowed(let channel, let account): "narrowed \(channel.name ?? "") for \(account.rawValue)"
            default: nil
            }
        }
    }
}
