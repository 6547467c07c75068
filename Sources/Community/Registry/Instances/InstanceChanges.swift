internal import Primitives

/// What an instance shall be like: for a new one what is not said has its default, for one that is there it stays.
public struct InstanceChanges: Sendable {
    /// 3 to 8 of `a`–`z`, digits, `-`, `_` and `.`.
    public var name: String?
    /// 1 to 64 characters.
    public var title: String?
    /// At most 256 characters; an empty one counts as none.
    public var description: Change<String> = .keep
    /// 1 to 128.
    public var capacity: Int?
    /// The world.
    public var world: RegistryReference?
    /// At most 32 characters; an empty one counts as none.
    public var worldVersion: Change<String> = .keep
    /// All tags.
    public var tags: [String]?
    /// What those who enter have to know; an empty one counts as none.
    public var password: Change<String> = .keep
    /// The names of those who may enter; an empty list counts as none.
    public var whitelist: Change<[String]> = .keep
    /// All who shall help the owner.
    public var moderators: [AccountID]?

    /// Nothing said yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        if let name {
            checks.length(of: name, in: Limits.instanceName, "name")
            if !name.utf8.allSatisfy(Self.isNameCharacter) {
                checks.refuse("name", code: "STRING_TYPE_REGEX", "Must consist of a to z, digits, `-`, `_` and `.`.")
            }
        }
        checks.title(title)
        checks.text(description.newValue, in: Limits.registryDescription, "description")
        checks.number(capacity, in: Limits.capacity, "capacity")
        checks.line(worldVersion.emptyAsNone.newValue, in: Limits.assetVersion, "version")
        checks.tags(tags)
        checks.text(password.emptyAsNone.newValue, in: Limits.instancePassword, "password")
        if let names = whitelist.newValue {
            if names.count > Limits.whitelist {
                checks.refuse("whitelist", code: "BASE_TYPE_BAD_LENGTH", "Must be at most \(Limits.whitelist) names.")
            }
            for name in names where !name.hasScalars(Limits.whitelistName) || name.contains(",") || name.hasControlCharacters {
                checks.refuse(
                    "whitelist", code: "STRING_TYPE_REGEX",
                    "Each must be 1 to \(Limits.whitelistName.upperBound) characters long, without commas.")
                break
            }
        }
        if let moderators, moderators.count > Limits.moderators {
            checks.refuse("moderators", code: "BASE_TYPE_BAD_LENGTH", "Must be at most \(Limits.moderators) people.")
        }
        try checks.finish()
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// All but the world, the tags and the password, which need a look at more than the instance.
    func applied(to instance: Instance) -> Instance {
        var instance = instance
        instance.name = name ?? instance.name
        instance.title = title?.trimmed ?? instance.title
        instance.description = description.emptyAsNone.applied(to: instance.description)
        instance.capacity = capacity ?? instance.capacity
        instance.worldVersion = worldVersion.emptyAsNone.applied(to: instance.worldVersion)
        if case .set(let names) = whitelist { instance.whitelist = names.flatMap { $0.isEmpty ? nil : $0 } }
        if let moderators {
            instance.moderators = []
            for account in moderators where account != instance.ownerID && !instance.moderators.contains(account) {
                instance.moderators.append(account)
            }
        }
        return instance
    }
}

/// Which instances a list shows.
public struct InstanceFilter: Sendable {
    /// A text that the name or the title has in it.
    public var query: String?
    /// Of which world they are.
    public var world: RegistryReference?
    /// Whose they are.
    public var owner: AccountID?
    /// These only.
    public var references: [InstanceSelector]?
    /// Who looks; nil: a stranger.
    public var viewer: AccountID?
    /// Whether those of others are shown that are not listed.
    public var seesAll = false
    /// Those that the viewer is in: shown as well.
    public var entered: Set<InstanceID> = []

    /// All that everybody finds.
    public init() {}
}

/// How somebody names an instance.
public enum InstanceSelector: Sendable, Equatable {
    /// By its id.
    case reference(RegistryReference)
    /// By its name.
    case name(String)
}
