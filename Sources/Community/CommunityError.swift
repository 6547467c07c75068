/// What is wrong with one field of a request.
public struct InvalidField: Sendable, Equatable {
    /// The field, in snake_case.
    public var name: String
    /// A stable word such as `BASE_TYPE_BAD_LENGTH`.
    public var code: String
    /// A sentence that names the limit.
    public var message: String

    /// A problem of one field.
    public init(name: String, code: String, message: String) {
        self.name = name
        self.code = code
        self.message = message
    }
}

/// Why the community refuses something: the closed set of reasons that each dialect maps to its own statuses and codes.
///
/// An object that does not exist is `unknown…`; one that exists but that the caller may not see is `missingAccess`; one that the caller sees but
/// may not do this to is `missingPermission` (contracts/chat.md 1.1).
public enum CommunityError: Error, Sendable, Equatable {
    /// Fields break their rules: all of them, not only the first.
    case invalid([InvalidField])
    /// A message has nothing but whitespace.
    case emptyMessage

    /// Somebody has this username, ignoring case.
    case usernameTaken
    /// Somebody has this email address, ignoring case.
    case emailTaken
    /// The present password, which a new one needs, is not right.
    case wrongPassword
    /// Unknown user or wrong password; which of them is not told.
    case invalidCredentials
    /// The refresh token is unknown, expired, spent, or its login has ended.
    case invalidRefreshToken
    /// Nobody can register.
    case registrationClosed
    /// Registering needs an invitation and none was given.
    case invitationRequired
    /// The invitation or setup code is unknown, used up or expired.
    case invalidInvitation
    /// Too many wrong setup codes came from this address; `retryAfter` in seconds.
    case tooManySetupAttempts(retryAfter: Int)

    /// There is no such account.
    case unknownAccount
    /// The account has no such login.
    case unknownSession
    /// There is no such space.
    case unknownSpace
    /// There is no such channel.
    case unknownChannel
    /// There is no such message in this channel.
    case unknownMessage
    /// The account is no member.
    case unknownMember
    /// There is no such invite, or it is used up or expired.
    case unknownInvite
    /// There is no such invitation to the server.
    case unknownAccountInvite
    /// There is no such invite to a channel.
    case unknownChannelInvite

    /// The caller may not see this space or channel.
    case missingAccess
    /// The caller lacks these permissions.
    case missingPermission(Permissions)
    /// Only the owner of the space may do this.
    case ownerOnly
    /// The owner of a space hands it over or deletes it, and cannot just leave.
    case ownerCannotLeave
    /// The home space stays as long as the server does.
    case homeSpaceStays
    /// Only its author may change a message.
    case notAuthor
    /// A direct channel leads to somebody else than oneself.
    case cannotMessageOneself
    /// A direct channel has no name, no place and no end.
    case notInDirectChannel
    /// The account is a member already.
    case alreadyMember
    /// There is a channel of this name in the home space.
    case channelNameTaken
    /// The invite is for another channel or another person, or it has been used, denied or revoked.
    case invalidChannelInvite
    /// The person has a pending invite to this channel.
    case alreadyInvited
    /// Only those who have made it, received it or manage the channel may remove an invite.
    case notOwnInvite
    /// An owner who leaves others behind names one of them as the new owner.
    case newOwnerNeeded
    /// Members leave a channel, they do not remove themselves.
    case cannotRemoveOneself
    /// The owner of a channel cannot be removed from it.
    case cannotRemoveOwner
    /// Several channels fit what was asked for.
    case ambiguousChannel
    /// The galaxy is suspended: nothing may be written in it.
    case spaceSuspended
    /// The galaxy is read-only: nobody writes messages in it.
    case spaceReadOnly
    /// The caller lacks these permissions, and so can neither give nor take them.
    case cannotGrant(Permissions)
    /// A rule about permissions is not one that a channel can have; the words say why.
    case invalidPermissions(String)
    /// The category that a channel shall belong to is none, or is not of this galaxy, or is full.
    case invalidParent
    /// There is no such kind of channel.
    case unknownChannelKind
    /// A galaxy of this id has another name or owner.
    case galaxyConflict
    /// A channel of this id is another one.
    case channelConflict
    /// Another identity server has vouched for this person's id before.
    case identityTaken
    /// The token was made before the person's tokens were revoked.
    case identityRevoked
    /// The owner is no operator of this server.
    case notOperator
    /// The claim code is wrong, used or expired.
    case invalidClaimCode
    /// There is no such webhook, or its token is another.
    case unknownWebhook
    /// There is no such profile.
    case unknownProfile
    /// Only its owner may change a profile.
    case notProfileOwner
    /// There is no such world.
    case unknownWorld
    /// The world has no such asset.
    case unknownAsset
    /// There is no such service.
    case unknownService
    /// There is no such instance.
    case unknownInstance
    /// Nobody of that name asks to come into the instance.
    case unknownCandidate
    /// A moderator has refused the request; the same person may ask again after so many seconds.
    case candidateRefused(retryAfter: Int)
    /// The person may not come into the instance.
    case bannedFromInstance
    /// There is no such picture.
    case unknownPicture
    /// Instances have no such tag.
    case unknownTag(String)
    /// The caller lacks this tag, or what it stands for.
    case missingTag(String)
    /// Only the owner, or an administrator, may do this.
    case notRegistryOwner
    /// Something has this id, this name, or is this build already.
    case registryIDTaken
    /// Somebody is followed already.
    case alreadyFollowing
    /// Nobody follows oneself.
    case cannotFollowOneself
    /// Nobody would administer the server any more.
    case lastAdministrator
    /// There are as many of something as there may be; `name` says of what, as in "500 channels per space".
    case limitReached(name: String, limit: Int)
    /// Too much work is waiting; the same request may succeed in a moment.
    case busy
}
