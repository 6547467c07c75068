internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Storage

/// The one table from errors to answers (contracts/dawchat.md 1.1).
extension Problem {
    /// The answer for anything that a handler throws.
    init(for error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as CommunityError: self.init(refusal: error)
        case let error as RateLimitReached:
            self.init(.rateLimited, detail: error.message, retryAfter: Int(error.afterSeconds.rounded(.up)))
        // The database is away or has too much to do: it comes back.
        case DatabaseError.unavailable, DatabaseError.queueFull: self.init(.unavailable)
        case let error as JSONError: self.init(body: error)
        case let error as HTTPError: self.init(http: error)
        default: self.init(.internal)
        }
    }

    /// A body that is not what JSON or this server takes.
    private init(body error: JSONError) {
        switch error {
        case .tooLarge(let limit): self.init(.tooLarge, detail: "A body has at most \(limit) bytes.")
        case .tooDeep(let limit): self = .invalid("The body is nested at most \(limit) levels deep.")
        case .duplicateName(let pointer): self = .invalid("The body has two members \(pointer).")
        case .wrongType, .malformed, .missing, .outOfRange: self = .invalid("The body is not one JSON object in UTF-8.")
        }
    }

    /// What is wrong below JSON: the fault of the client, unless it says otherwise.
    init(http error: HTTPError) {
        switch error {
        case .bodyTooLarge(let limit): self.init(.tooLarge, detail: "A body has at most \(limit) bytes.")
        case .bodyIsBeingRead, .handlerFailed: self.init(.internal)
        case .tooManyConnections: self.init(.unavailable, detail: error.message)
        default: self.init(.http(error.status), detail: error.message)
        }
    }

    /// What the domain refuses.
    private init(refusal error: CommunityError) {
        switch error {
        case .invalid(let fields): self.init(fields: fields)
        case .emptyMessage: self = .invalid("content: a message has 1 to \(Limits.longContent.upperBound) characters besides blanks.")
        case .usernameTaken: self.init(.usernameTaken)
        case .invalidCredentials: self.init(.invalidCredentials)
        case .invitationRequired, .invalidInvitation: self.init(.invalidUserInvite)
        case .registrationClosed: self.init(.invalidUserInvite, detail: "This server takes no new accounts.")
        case .tooManySetupAttempts(let seconds):
            self.init(.rateLimited, detail: "At most 5 wrong setup codes in 15 minutes.", retryAfter: seconds)
        case .unknownAccount: self.init(.userNotFound)
        case .unknownChannel, .unknownSpace: self.init(.channelNotFound)
        case .unknownMessage: self.init(.invalidMessageID)
        case .unknownMember: self.init(.userNotInChannel)
        case .unknownAccountInvite: self.init(.userInviteNotFound)
        case .unknownChannelInvite, .unknownInvite: self.init(.channelInviteNotFound)
        case .missingAccess: self.init(.noPermission, detail: "Only members of the channel may do this.")
        case .notOwnInvite: self.init(.noPermission, detail: "The invite is not one that you may remove.")
        case .limitReached(let name, let limit): self.init(.noPermission, detail: "At most \(limit) \(name).")
        case .alreadyMember: self.init(.userAlreadyInChannel)
        case .alreadyInvited: self.init(.userAlreadyInvited)
        case .channelNameTaken: self.init(.channelNameTaken)
        case .invalidChannelInvite: self.init(.invalidChannelInvite)
        case .newOwnerNeeded: self.init(.selectNewOwner)
        case .cannotRemoveOneself: self.init(.cannotSelfRemove)
        case .cannotRemoveOwner: self.init(.cannotRemoveOwner)
        case .ambiguousChannel: self = .invalid("channelId: several channels have all of these users; name one.")
        case .unknownSession: self.init(.unauthorized)
        case .busy: self.init(.unavailable)
        // The rest is refused to those who may do other things here, or is asked for by other APIs only.
        case .missingPermission, .ownerOnly, .ownerCannotLeave, .homeSpaceStays, .notAuthor, .cannotMessageOneself, .notInDirectChannel,
            .emailTaken, .wrongPassword, .invalidRefreshToken, .spaceSuspended, .spaceReadOnly, .cannotGrant, .invalidPermissions,
            .invalidParent, .unknownChannelKind, .galaxyConflict, .channelConflict, .identityTaken, .identityRevoked, .notOperator,
            .invalidClaimCode, .unknownWebhook, .unknownProfile, .notProfileOwner, .unknownWorld, .unknownAsset, .unknownService,
            .unknownInstance, .unknownCandidate, .candidateRefused, .bannedFromInstance, .unknownPicture, .unknownTag, .missingTag,
            .notRegistryOwner, .registryIDTaken, .alreadyFollowing,
            .cannotFollowOneself, .lastAdministrator:
            self.init(.noPermission)
        }
    }

    /// Fields that break their rules. The order of the checks is that of the fields.
    private init(fields: [InvalidField]) {
        guard let field = fields.first else {
            self.init(.invalidRequestParameters)
            return
        }
        switch field.name {
        case "username": self.init(.invalidUsername)
        case "password": self.init(.insecurePassword, detail: field.message)
        case "name": self.init(.invalidChannelName)
        default: self = .invalid("\(field.name): \(field.message)")
        }
    }
}
