/// What somebody may do: the 31 bits of contracts/cosmos.md 6.2, of which 12 and 19 are reserved. The numbers stand in the database.
public struct Permissions: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: Int64

    /// A set of those bits.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    private init(bit: Int64) {
        rawValue = 1 << bit
    }

    /// Make invites.
    public static let createInvite = Permissions(bit: 0)
    /// Remove members.
    public static let kickMembers = Permissions(bit: 1)
    /// Ban members.
    public static let banMembers = Permissions(bit: 2)
    /// Everything, everywhere in the space.
    public static let administrator = Permissions(bit: 3)
    /// Make, change and remove channels.
    public static let manageChannels = Permissions(bit: 4)
    /// Change the space; MANAGE_GALAXY on the wire.
    public static let manageSpace = Permissions(bit: 5)
    /// React to messages.
    public static let addReactions = Permissions(bit: 6)
    /// Read the audit log.
    public static let viewAuditLog = Permissions(bit: 7)
    /// Be heard before others.
    public static let prioritySpeaker = Permissions(bit: 8)
    /// Show a screen or camera.
    public static let stream = Permissions(bit: 9)
    /// See a channel.
    public static let viewChannel = Permissions(bit: 10)
    /// Write messages.
    public static let sendMessages = Permissions(bit: 11)
    /// Remove other people's messages.
    public static let manageMessages = Permissions(bit: 13)
    /// Have links shown with a preview.
    public static let embedLinks = Permissions(bit: 14)
    /// Attach files.
    public static let attachFiles = Permissions(bit: 15)
    /// Read what was said before.
    public static let readMessageHistory = Permissions(bit: 16)
    /// Mention everybody at once.
    public static let mentionEveryone = Permissions(bit: 17)
    /// Use emoji of other spaces.
    public static let useExternalEmojis = Permissions(bit: 18)
    /// Enter a voice channel.
    public static let connect = Permissions(bit: 20)
    /// Speak there.
    public static let speak = Permissions(bit: 21)
    /// Silence others there.
    public static let muteMembers = Permissions(bit: 22)
    /// Make others deaf there.
    public static let deafenMembers = Permissions(bit: 23)
    /// Move others there.
    public static let moveMembers = Permissions(bit: 24)
    /// Speak there without push-to-talk; USE_VAD on the wire.
    public static let useVoiceActivity = Permissions(bit: 25)
    /// Change one's own nickname.
    public static let changeNickname = Permissions(bit: 26)
    /// Change other people's nicknames.
    public static let manageNicknames = Permissions(bit: 27)
    /// Change roles; in a channel: change its permissions.
    public static let manageRoles = Permissions(bit: 28)
    /// Make, change and remove webhooks.
    public static let manageWebhooks = Permissions(bit: 29)
    /// Make, change and remove emoji; MANAGE_EXPRESSIONS on the wire.
    public static let manageExpressions = Permissions(bit: 30)
}

extension Permissions {
    private static let wireNames: [(bit: Permissions, name: String)] = [
        (.createInvite, "CREATE_INVITE"), (.kickMembers, "KICK_MEMBERS"), (.banMembers, "BAN_MEMBERS"), (.administrator, "ADMINISTRATOR"),
        (.manageChannels, "MANAGE_CHANNELS"), (.manageSpace, "MANAGE_GALAXY"), (.addReactions, "ADD_REACTIONS"),
        (.viewAuditLog, "VIEW_AUDIT_LOG"), (.prioritySpeaker, "PRIORITY_SPEAKER"), (.stream, "STREAM"), (.viewChannel, "VIEW_CHANNEL"),
        (.sendMessages, "SEND_MESSAGES"), (.manageMessages, "MANAGE_MESSAGES"), (.embedLinks, "EMBED_LINKS"),
        (.attachFiles, "ATTACH_FILES"), (.readMessageHistory, "READ_MESSAGE_HISTORY"), (.mentionEveryone, "MENTION_EVERYONE"),
        (.useExternalEmojis, "USE_EXTERNAL_EMOJIS"), (.connect, "CONNECT"), (.speak, "SPEAK"), (.muteMembers, "MUTE_MEMBERS"),
        (.deafenMembers, "DEAFEN_MEMBERS"), (.moveMembers, "MOVE_MEMBERS"), (.useVoiceActivity, "USE_VAD"),
        (.changeNickname, "CHANGE_NICKNAME"), (.manageNicknames, "MANAGE_NICKNAMES"), (.manageRoles, "MANAGE_ROLES"),
        (.manageWebhooks, "MANAGE_WEBHOOKS"), (.manageExpressions, "MANAGE_EXPRESSIONS"),
    ]

    /// The names of contracts/cosmos.md 6.2, in the order of the bits.
    public var names: [String] {
        Self.wireNames.filter { contains($0.bit) }.map(\.name)
    }
}
