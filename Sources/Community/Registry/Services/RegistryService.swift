public import Primitives

/// Stands for services in ids.
public typealias RegistryServiceID = Identifier<RegistryService>

/// An addition to clients or servers that people can use (contracts/reileta.md 4.5).
public struct RegistryService: Sendable, Equatable {
    /// Another service that this one needs.
    public struct Requirement: Sendable, Equatable {
        /// Its id, as it was written.
        public var id: String
        /// Which version.
        public var version: String?
        /// Whether it does not work without.
        public var isRequired: Bool

        /// A requirement.
        public init(id: String, version: String?, isRequired: Bool) {
            self.id = id
            self.version = version
            self.isRequired = isRequired
        }
    }

    /// The number.
    public var id: RegistryServiceID
    /// The id that its maker has chosen, a UUID; nil: it is known by its number.
    public var chosenID: String?
    /// Whose it is.
    public var ownerID: AccountID
    /// 1 to 64 characters.
    public var title: String
    /// At most 256 characters.
    public var description: String?
    /// At most 32 characters.
    public var version: String
    /// Where it is to be found.
    public var url: String?
    /// What it is like.
    public var tags: [String]
    /// What it needs.
    public var requirements: [Requirement]
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp
}

/// What a service shall be like: for a new one what is not said has its default, for one that is there it stays.
public struct RegistryServiceChanges: Sendable {
    /// 1 to 64 characters.
    public var title: String?
    /// At most 256 characters; an empty one counts as none.
    public var description: Change<String> = .keep
    /// At most 32 characters.
    public var version: String?
    /// Where it is to be found; an empty one counts as none.
    public var url: Change<String> = .keep
    /// All tags.
    public var tags: [String]?
    /// All that it needs, at most 32.
    public var requirements: [RegistryService.Requirement]?

    /// Nothing said yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.title(title)
        checks.text(description.newValue, in: Limits.registryDescription, "description")
        checks.line(version, in: Limits.assetVersion, "version")
        checks.webAddress(url.emptyAsNone.newValue, "url")
        checks.tags(tags)
        if let requirements {
            if requirements.count > Limits.serviceRequirements {
                checks.refuse("require", code: "BASE_TYPE_BAD_LENGTH", "Must be at most \(Limits.serviceRequirements).")
            }
            for requirement in requirements {
                checks.line(requirement.id, in: Limits.registryTitle, "require")
                checks.line(requirement.version, in: Limits.assetVersion, "require")
            }
        }
        try checks.finish()
    }

    func applied(to service: RegistryService) -> RegistryService {
        var service = service
        service.title = title?.trimmed ?? service.title
        service.description = description.emptyAsNone.applied(to: service.description)
        service.version = version ?? service.version
        service.url = url.emptyAsNone.applied(to: service.url)
        if let tags {
            var unique: [String] = []
            for tag in tags where !unique.contains(tag) { unique.append(tag) }
            service.tags = unique
        }
        service.requirements = requirements ?? service.requirements
        return service
    }
}
