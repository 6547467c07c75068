/// The limits of what people may send (contracts/chat.md section 2). Lengths count Unicode scalars.
public enum Limits {
    /// Characters of a username.
    public static let username = 2...32
    /// Characters of a username where any character may be in it (contracts/dawchat.md 1.3).
    public static let freeUsername = 4...32
    /// Characters of a password there; the lower limit is that of the operator, if that is higher.
    public static let freePassword = 8...1_024
    /// Characters of an email address (RFC 5321 4.5.3.1.3, without the angle brackets).
    public static let email = 3...254
    /// Characters of a name that is shown instead of the username.
    public static let displayName = 1...32
    /// Characters of what a person says of itself.
    public static let bio = 0...190
    /// Characters of a member's name in a space.
    public static let nickname = 1...32
    /// Characters of a space's name, after trimming.
    public static let spaceName = 1...100
    /// Characters of a space's description.
    public static let description = 0...1_024
    /// Characters of the address of a picture.
    public static let pictureURL = 1...2_048
    /// Characters of a channel's name, after trimming.
    public static let channelName = 1...100
    /// Characters of a channel's topic.
    public static let topic = 0...1_024
    /// Where a channel stands in the list.
    public static let position = 0...1_000_000
    /// Characters of a message.
    public static let content = 1...2_000
    /// Characters of a message where long ones are usual (contracts/dawchat.md 2, detail 22).
    public static let longContent = 1...8_192
    /// Webhooks of one channel.
    public static let webhooksPerChannel = 15
    /// Characters of what GitHub signs deliveries with.
    public static let gitHubSecret = 16...128
    /// Characters of a nonce.
    public static let nonce = 1...25
    /// How long a nonce is remembered, in seconds.
    public static let nonceSeconds: Int64 = 300
    /// Messages of one page of history.
    public static let page = 1...100
    /// Channels of one space besides the home space.
    public static let channelsPerSpace = 500
    /// Channels of the home space: what a search looks through at most.
    public static let homeChannels = 10_000
    /// Channels of the home space that one account owns.
    public static let ownedChannelsPerAccount = 200
    /// Channels of the home space that one account has joined.
    public static let joinedChannelsPerAccount = 1_000
    /// Characters of what channels are searched by; nothing has a longer name.
    public static let searchKeyword = 0...100
    /// Channels that a search finds.
    public static let searchResults = 100
    /// Invites to one channel that are pending.
    public static let pendingInvitesPerChannel = 1_000
    /// Invites to channels that are pending for one account.
    public static let pendingInvitesPerRecipient = 1_000
    /// How long an invite to a channel is remembered after it was used, denied or revoked, in seconds: 90 days.
    public static let decidedInviteSeconds: Int64 = 90 * 86_400
    /// Spaces of one account.
    public static let spacesPerAccount = 100
    /// Direct channels that one account may open.
    public static let directChannelsPerAccount = 1_000
    /// Members of one page of the list.
    public static let memberPage = 1...1_000
    /// Members that the detail form of a space lists.
    public static let listedMembers = 1_000
    /// Seconds an invite to a space may be good for; 0 means for ever.
    public static let inviteAge = 0...31_536_000
    /// How often an invite to a space may be used; 0 means without limit.
    public static let inviteUses = 0...1_000_000
    /// Invites of one space that are good at a time.
    public static let invitesPerSpace = 1_000
    /// Invites of one space that one member has made and that are good: nobody uses the room of all up.
    public static let invitesPerMember = 100
    /// Invitations to the server that one account may have open.
    public static let accountInvitesPerAccount = 100
    /// Invitations to the server that a list shows.
    public static let listedAccountInvites = 1_000
    /// Logins of one account with a refresh token; the one unused for longest makes room.
    public static let sessionsPerAccount = 100
    /// Tokens of one person of another server that are good at a time.
    public static let integrityTokens = 8
    /// How exactly it is known when a login was used last, in seconds: each time costs a write.
    public static let sessionUseSeconds: Int64 = 300
    /// Spent refresh tokens of a login that are recognised when they come back.
    public static let spentTokensPerSession = 1_000
    /// Acts that the audit log keeps.
    public static let auditEntries = 1_000_000
    /// How long it keeps them, in seconds: a year.
    public static let auditSeconds: Int64 = 365 * 86_400
    /// Wrong setup codes from one address before it has to wait.
    public static let setupAttempts = 5
    /// How long it waits, in seconds.
    public static let setupAttemptSeconds: Int64 = 900
    /// How long a claim code is good for, in seconds.
    public static let claimCodeSeconds: Int64 = 3_600
    /// How long a login of the Cosmos API lasts, in seconds.
    public static let cosmosSessionSeconds: Int64 = 43_200
    /// Characters of a token that proves whose server this is.
    public static let challengeToken = 22...128
    /// How long the server answers for one, in seconds.
    public static let challengeSeconds: Int64 = 600
    /// How long the number of a delivery is remembered, in seconds.
    public static let deliverySeconds: Int64 = 86_400
    /// How long it is remembered that a person's older tokens are revoked, in seconds: no token is good for so long.
    public static let revokedTokenSeconds: Int64 = 2 * 86_400
    /// Rules of one channel about roles and members.
    public static let overridesPerChannel = 100
    /// Channels of one category.
    public static let channelsPerCategory = 50
    /// Profiles that a list shows.
    public static let listedProfiles: Int64 = 10_000
    /// How long somebody may take to sign in elsewhere, in seconds.
    public static let signInFlowSeconds: Int64 = 600
    /// People who sign in elsewhere at a time.
    public static let signInFlows: Int64 = 10_000
    /// Characters of a username of the registry (contracts/reileta.md 1.4).
    public static let registryUsername = 4...17
    /// Characters of a password there; the lower limit is that of the operator, if that is higher.
    public static let registryPassword = 8...128
    /// Characters of a shown name there.
    public static let registryDisplayName = 3...16
    /// Characters of the title of a world, a service, an instance, or the server.
    public static let registryTitle = 1...64
    /// Characters of what people, worlds, services, instances and the server say of themselves.
    public static let registryDescription = 0...256
    /// Tags of one object.
    public static let registryTags = 24
    /// Characters of a tag.
    public static let registryTag = 1...48
    /// People in one instance.
    public static let capacity = 1...128
    /// The capacity of a world that says nothing else.
    public static let defaultCapacity = 10
    /// Characters of a version, an engine or a platform.
    public static let assetVersion = 1...32
    /// Assets of one world.
    public static let assetsPerWorld = 256
    /// Worlds of one account.
    public static let worldsPerAccount: Int64 = 1_000
    /// Services of one account.
    public static let servicesPerAccount: Int64 = 1_000
    /// What one service needs.
    public static let serviceRequirements = 32
    /// Instances of one account.
    public static let instancesPerAccount: Int64 = 100
    /// Characters of the name of an instance.
    public static let instanceName = 3...8
    /// Characters of the password of an instance.
    public static let instancePassword = 1...128
    /// Names that an instance lets in.
    public static let whitelist = 128
    /// Characters of each: a username, or an id with the server.
    public static let whitelistName = 1...320
    /// People who help the owner of an instance.
    public static let moderators = 32
    /// Characters of what somebody says who asks to come in.
    public static let candidateMessage = 0...128
    /// People who ask to come into one instance, or are invited, at a time.
    public static let candidatesPerInstance: Int64 = 1_000
    /// How long somebody of another server counts as here after each time it is written down, in seconds; it is written down anew when half of it is over.
    static let visitSeconds: Int64 = 86_400
    /// People of one machine of other servers among them: it may have invented them.
    public static let candidatesPerMachine: Int64 = 250
    /// Requests of one account to come in that nobody has decided on.
    public static let candidaciesPerAccount: Int64 = 32
    /// How long somebody who was refused has to wait before it asks again, in seconds.
    public static let refusalSeconds: Int64 = 600
    /// How long it is remembered that somebody was let in who did not come, in seconds.
    public static let approvalSeconds: Int64 = 86_400
    /// People who are banned from one instance, or muted there.
    public static let sanctionsPerInstance: Int64 = 10_000
    /// People that somebody follows.
    public static let followsPerAccount: Int64 = 1_000
    /// Characters of host and port.
    public static let serverAddress = 1...255
    /// How long what belonged to a deleted galaxy is kept, in seconds: 30 days.
    public static let deletedGalaxySeconds: Int64 = 30 * 86_400
}
