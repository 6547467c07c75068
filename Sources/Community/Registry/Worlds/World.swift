public import Primitives

/// Stands for worlds in ids.
public typealias WorldID = Identifier<World>

/// A place that people can visit (contracts/reileta.md 4.3). Its files are its assets.
public struct World: Sendable, Equatable {
    /// The number.
    public var id: WorldID
    /// The id that its maker has chosen, a UUID; nil: it is known by its number.
    public var chosenID: String?
    /// Whose it is.
    public var ownerID: AccountID
    /// 1 to 64 characters.
    public var title: String
    /// At most 256 characters.
    public var description: String?
    /// People in one instance, 1 to 128.
    public var capacity: Int
    /// What it is like; see `WorldTag`.
    public var tags: [String]
    /// The picture that was uploaded.
    public var thumbnail: Picture?
    /// When it was made.
    public var createdAt: Timestamp
    /// When it or one of its assets was changed last.
    public var updatedAt: Timestamp

    /// A world with all its parts.
    public init(
        id: WorldID, chosenID: String? = nil, ownerID: AccountID, title: String, description: String? = nil, capacity: Int, tags: [String],
        thumbnail: Picture? = nil, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.chosenID = chosenID
        self.ownerID = ownerID
        self.title = title
        self.description = description
        self.capacity = capacity
        self.tags = tags
        self.thumbnail = thumbnail
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether everybody finds it in lists and hears of its changes.
    public var isPublic: Bool { tags.contains(WorldTag.public) }
}

/// Tags of worlds that mean something.
public enum WorldTag {
    /// Everybody finds it.
    public static let `public` = "avr:public"
    /// Only its owner finds it.
    public static let `private` = "avr:private"
    /// It is still being made. The spelling is the contract's.
    public static let development = "avr:develepement"
    /// It is done.
    public static let release = "avr:release"
    /// One of the server's own; administrators only.
    public static let official = "avr:official"

    /// The tags as they are kept: of those that exclude each other the stricter one, each once, and none that the caller may not give.
    static func settled(_ tags: [String], mayBeOfficial: Bool) -> [String] {
        var settled: [String] = []
        for tag in tags where !settled.contains(tag) && (mayBeOfficial || tag != official) { settled.append(tag) }
        settled = settle(settled, [`private`, `public`], otherwise: `private`)
        return settle(settled, [release, development], otherwise: release)
    }

    /// Leaves the first of a group that is there, or puts one in.
    private static func settle(_ tags: [String], _ group: [String], otherwise: String) -> [String] {
        guard let kept = group.first(where: tags.contains) else { return tags + [otherwise] }
        return tags.filter { $0 == kept || !group.contains($0) }
    }
}

/// What a world shall be like: for a new one what is not said has its default, for one that is there it stays.
public struct WorldChanges: Sendable {
    /// 1 to 64 characters.
    public var title: String?
    /// At most 256 characters; an empty one counts as none.
    public var description: Change<String> = .keep
    /// 1 to 128.
    public var capacity: Int?
    /// All tags.
    public var tags: [String]?

    /// Nothing said yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.title(title)
        checks.text(description.newValue, in: Limits.registryDescription, "description")
        checks.number(capacity, in: Limits.capacity, "capacity")
        checks.tags(tags)
        try checks.finish()
    }
}
