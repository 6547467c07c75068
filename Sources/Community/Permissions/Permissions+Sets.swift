/// The sets that rules speak of.
extension Permissions {
    /// All bits that have a meaning: ALL of contracts/cosmos.md 6.2.
    public static let all = Permissions(rawValue: 0x7FF7_EFFF)
    /// The bits that may be set on a channel: CH of contracts/cosmos.md 6.2.
    public static let channel = Permissions(rawValue: 0x33F7_EF51)
    /// What `everyone` has in a new space: D of contracts/cosmos.md 6.2.
    public static let everyoneDefault = Permissions(rawValue: 0x0635_CE41)

    /// What reading needs; Dawchat's `read`.
    public static let reading: Permissions = [.viewChannel, .readMessageHistory]
    /// What writing needs; Dawchat's `write` and the sight of the channel.
    public static let writing: Permissions = [.viewChannel, .sendMessages]

    /// What somebody gets who joins a public channel of the home space (contracts/dawchat.md 1.4): read, write, invite.
    public static let joinedChannel: Permissions = [.viewChannel, .readMessageHistory, .sendMessages, .createInvite]
    /// What the owner of a channel of the home space has: all five of contracts/dawchat.md 1.4, and the care for its messages.
    public static let ownedChannel: Permissions = [joinedChannel, .manageChannels, .kickMembers, .manageMessages]
    /// What each participant of a direct channel has.
    public static let directChannel: Permissions = [
        .viewChannel, .readMessageHistory, .sendMessages, .addReactions, .embedLinks, .attachFiles,
    ]
}
