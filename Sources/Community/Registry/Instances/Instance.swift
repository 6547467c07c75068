public import Primitives

/// Stands for instances in ids.
public typealias InstanceID = Identifier<Instance>

/// A running copy of a world that people meet in (contracts/reileta.md 4.6). Who is in it now is not part of the record.
public struct Instance: Sendable, Equatable {
    /// The number.
    public var id: InstanceID
    /// The id that its maker has chosen, a UUID; nil: it is known by its number.
    public var chosenID: String?
    /// Whose it is.
    public var ownerID: AccountID
    /// 3 to 8 of `a`–`z`, digits, `-`, `_` and `.`; nothing else here has it.
    public var name: String
    /// 1 to 64 characters.
    public var title: String
    /// At most 256 characters.
    public var description: String?
    /// People in it, 1 to 128.
    public var capacity: Int
    /// The world.
    public var worldID: WorldID
    /// The id of the world that its maker has chosen.
    public var worldChosenID: String?
    /// Whether the world is there still.
    public var hasWorld: Bool
    /// Which version of the world; nil: any.
    public var worldVersion: String?
    /// Who may enter, and more; see `InstanceTag`.
    public var tags: [String]
    /// Whether a password is needed. The password itself is never read.
    public var hasPassword: Bool
    /// The names of those who may enter; nil: whoever the tags let in.
    public var whitelist: [String]?
    /// Who helps the owner; at most `Limits.moderators`.
    public var moderators: [AccountID] = []
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp

    /// Whether everybody finds it in lists and hears of its changes.
    public var isListed: Bool { tags.contains(InstanceTag.public) || tags.contains(InstanceTag.official) }
    /// What decides who may enter.
    public var admission: Admission {
        Admission(capacity: capacity, tags: tags, hasPassword: hasPassword, whitelist: whitelist)
    }

    /// What decides who may enter an instance. A changed password alone does not show: it is checked before.
    public struct Admission: Sendable, Equatable {
        var capacity: Int
        var tags: [String]
        var hasPassword: Bool
        var whitelist: [String]?
    }

    /// Whether it stays when nobody is in it.
    public var isPermanent: Bool { tags.contains(InstanceTag.permanent) }
}

/// Tags of instances that mean something.
public enum InstanceTag {
    /// Anybody enters.
    public static let `public` = "avr:public"
    /// Friends of those who are in it enter.
    public static let friendsPlus = "avr:friends_plus"
    /// Friends of the owner enter.
    public static let friendsOnly = "avr:friends_only"
    /// Those enter whom somebody in it has invited.
    public static let invitePlus = "avr:invite_plus"
    /// Those enter whom the owner has invited.
    public static let inviteOnly = "avr:invite_only"
    /// The owner enters.
    public static let `private` = "avr:private"
    /// It stays when nobody is in it; administrators only.
    public static let permanent = "avr:permanent"
    /// One of the server's own; administrators only.
    public static let official = "avr:official"
    /// It ends when its owner leaves.
    public static let killOnOwnerLeave = "avr:kill_on_owner_leave"

    /// Who may enter, the strictest first.
    public static let visibilities = [`private`, inviteOnly, invitePlus, friendsOnly, friendsPlus, `public`]
    private static let administratorsOnly = [permanent, official]
    private static let known = Set(visibilities + administratorsOnly + [killOnOwnerLeave])

    /// The tags as they are kept: one visibility, the strictest that was given; each once; none that the caller may not give.
    ///
    /// - Parameter kept: those for administrators that the instance has already.
    /// - Throws: `CommunityError.unknownTag`.
    static func settled(_ tags: [String], mayAdminister: Bool, kept: [String] = []) throws(CommunityError) -> [String] {
        if let unknown = tags.first(where: { !known.contains($0) }) { throw .unknownTag(unknown) }
        let visibility = visibilities.first(where: tags.contains) ?? `private`
        var settled = [visibility]
        for tag in tags where !visibilities.contains(tag) && !settled.contains(tag) {
            guard mayAdminister || kept.contains(tag) || !administratorsOnly.contains(tag) else { continue }
            settled.append(tag)
        }
        // What stays when it is empty does not end with its owner.
        return settled.contains(permanent) ? settled.filter { $0 != killOnOwnerLeave } : settled
    }
}
