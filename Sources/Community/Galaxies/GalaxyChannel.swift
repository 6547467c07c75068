/// A rule of a channel as Cosmos names its target (contracts/cosmos.md 6.3).
public struct GalaxyOverride: Sendable, Equatable {
    /// For whom, and which way.
    public var kind: PermissionOverride.Kind
    /// A role's number, the galaxy's id for everyone, or a person as Cosmos knows it.
    public var id: String
    /// The bits.
    public var permissions: Permissions

    /// A rule.
    public init(kind: PermissionOverride.Kind, id: String, permissions: Permissions) {
        self.kind = kind
        self.id = id
        self.permissions = permissions
    }
}

/// A channel as Cosmos sees it (contracts/cosmos.md 1.5), for one viewer.
public struct GalaxyChannel: Sendable, Equatable {
    /// The channel.
    public var channel: Channel
    /// The metadata server's id for it, or its number.
    public var id: String
    /// The id of the galaxy.
    public var galaxyID: String
    /// The category that it belongs to.
    public var parentID: String?
    /// What everyone has here, channel bits only.
    public var everyone: Permissions
    /// Its rules, by kind and then id; only those that the viewer may know.
    public var overrides: [GalaxyOverride]
    /// What the viewer may do here.
    public var permissions: Permissions

    /// A channel with all its parts.
    public init(
        channel: Channel, id: String, galaxyID: String, parentID: String?, everyone: Permissions, overrides: [GalaxyOverride],
        permissions: Permissions
    ) {
        self.channel = channel
        self.id = id
        self.galaxyID = galaxyID
        self.parentID = parentID
        self.everyone = everyone
        self.overrides = overrides
        self.permissions = permissions
    }
}

/// What somebody sends to make a channel of a galaxy: trimmed, then checked.
public struct GalaxyChannelDraft: Sendable {
    let id: String?
    let kind: ChannelKind
    let content: ChannelDraft
    let parentID: String?

    /// - Parameters:
    ///   - id: only a metadata server gives one.
    ///   - kind: 0 text, 2 voice, 4 category.
    ///   - topic: at most 1024 characters; a category has none.
    /// - Throws: `CommunityError.invalid`, `.unknownChannelKind`.
    public init(id: String? = nil, name: String, kind: Int64, topic: String? = nil, parentID: String? = nil) throws(CommunityError) {
        guard let kind = ChannelKind(rawValue: kind), kind != .direct else { throw .unknownChannelKind }
        let topic = topic?.isEmpty == true ? nil : topic
        content = try ChannelDraft(name: name, topic: topic)
        guard kind != .category || topic == nil else {
            throw .invalid([InvalidField(name: "topic", code: "BASE_TYPE_CHOICES", message: "A category has no topic.")])
        }
        self.id = id
        self.kind = kind
        self.parentID = parentID
    }
}

/// What somebody wants to change about a channel of a galaxy.
public struct GalaxyChannelChanges: Sendable {
    /// Name, topic, position.
    public var content: ChannelChanges
    /// The category that it belongs to from now on.
    public var parentID: Change<String>
    /// Whether it takes over what the category says about permissions.
    public var syncsPermissions: Bool
    /// What everyone has there from now on; nil in it: as in the whole galaxy.
    public var everyone: Change<Permissions>

    /// Changes; what is not named stays as it is.
    public init(
        content: ChannelChanges = ChannelChanges(), parentID: Change<String> = .keep, syncsPermissions: Bool = false,
        everyone: Change<Permissions> = .keep
    ) {
        self.content = content
        self.parentID = parentID
        self.syncsPermissions = syncsPermissions
        self.everyone = everyone
    }

    /// What any of it needs; what the rules need is asked for where they change.
    var neededPermissions: Permissions {
        content == ChannelChanges() && parentID == .keep && !syncsPermissions ? [] : .manageChannels
    }

    /// - Throws: `CommunityError.invalid`, `.invalidPermissions`.
    func check() throws(CommunityError) {
        try content.check()
        guard everyone.newValue?.isSubset(of: .channel) ?? true else {
            throw .invalidPermissions("Everyone has only bits of channels in a channel.")
        }
    }
}
