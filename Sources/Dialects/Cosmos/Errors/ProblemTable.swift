internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Security
internal import Storage

/// The one table from errors to answers (contracts/cosmos.md 2).
extension Problem {
    /// The answer for anything that a handler throws.
    init(for error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as CommunityError: self.init(refusal: error)
        case let error as TrustFailure: self.init(trust: error)
        case let error as RateLimitReached:
            self.init(.rateLimited, error.message)
            retryAfter = Int(error.afterSeconds.rounded(.up))
        // The database is away or has too much to do: it comes back.
        case DatabaseError.unavailable, DatabaseError.queueFull:
            self.init(.unavailable)
            retryAfter = 1
        case let error as JSONError: self.init(body: error)
        case let error as HTTPError: self.init(http: error)
        default: self.init(.internal)
        }
    }

    /// A body that is not what JSON or this server takes.
    private init(body error: JSONError) {
        switch error {
        case .tooLarge(let limit): self.init(.tooLarge, "A body has at most \(limit) bytes.")
        case .tooDeep(let limit): self.init(.invalid, "The body is nested at most \(limit) levels deep.")
        case .duplicateName(let pointer): self = .invalid(pointer, "Stands there twice.")
        case .wrongType, .malformed, .missing, .outOfRange: self.init(.invalid, "The body is one JSON object in UTF-8.")
        }
    }

    /// What is wrong below JSON: the fault of the client, unless it says otherwise.
    init(http error: HTTPError) {
        switch error {
        case .bodyTooLarge(let limit): self.init(.tooLarge, "A body has at most \(limit) bytes.")
        case .bodyIsBeingRead, .handlerFailed: self.init(.internal)
        case .tooManyConnections: self.init(.unavailable, error.message)
        default: self.init(.http(error.status), error.message)
        }
    }

    /// Another server, or somebody it vouches for, that is not believed.
    init(trust failure: TrustFailure) {
        switch failure {
        case .invalidSignature(let reason): self.init(.signatureInvalid, reason)
        case .untimely: self.init(.untimely, "The times lie outside of what the two clocks allow.")
        case .replayed: self.init(.replayed, "This has been used before.")
        case .unknownKey: self.init(.unknownKey, "The key is unknown here or revoked.")
        case .wrongDigest(let reason): self.init(.wrongDigest, reason)
        case .wrongAudience(let reason): self.init(.wrongAudience, reason)
        case .invalidToken(let reason): self.init(.invalidToken, reason)
        case .invalidAssertion(let reason): self.init(.invalidAssertion, reason)
        case .unavailable:
            self.init(.keysUnavailable)
            retryAfter = 60
        }
    }

    /// What the domain refuses.
    private init(refusal error: CommunityError) {
        switch error {
        case .invalid(let fields):
            self = .invalid(fields.map { InvalidMember(path: "/\(Self.memberName($0.name))", reason: $0.message) })
        case .emptyMessage: self.init(.emptyMessage)
        case .missingPermission(let permissions):
            self.init(
                .missingPermission,
                permissions.isEmpty ? "Only members may do this." : "This needs \(permissions.names.joined(separator: ", ")).")
            missing = permissions.rawValue
        case .missingAccess:
            self.init(.missingPermission, "Only members may do this.")
            missing = 0
        case .cannotGrant(let permissions):
            self.init(.cannotGrant, "This needs \(permissions.names.joined(separator: ", ")).")
            missing = permissions.rawValue
        case .invalidPermissions(let reason): self.init(.invalidPermissions, reason)
        case .invalidParent:
            self.init(
                .invalidParent,
                "A parent is a category of this galaxy with less than \(Limits.channelsPerCategory) channels, and has no parent itself.")
        case .unknownChannelKind: self.init(.unknownChannelType, "The types are 0 text, 2 voice and 4 category.")
        case .galaxyConflict, .channelConflict: self.init(.conflict)
        case .channelNameTaken: self.init(.conflict, "There is a channel of this name in the home galaxy.")
        case .identityTaken: self.init(.wrongAudience, "Another identity server vouches for this person.")
        case .identityRevoked: self.init(.invalidToken, "The tokens of this person were revoked.")
        case .notOperator: self.init(.notOperator)
        case .invalidClaimCode: self.init(.invalidClaimCode)
        case .tooManySetupAttempts(let seconds):
            self.init(.rateLimited, "At most 5 wrong codes in 15 minutes.")
            retryAfter = seconds
        case .spaceSuspended: self.init(.suspended)
        case .spaceReadOnly: self.init(.suspended, "The galaxy is read-only.")
        case .limitReached(let name, let limit): self.init(.limitReached, "At most \(limit) \(name).")
        case .unknownSpace: self.init(.unknownGalaxy)
        case .unknownChannel: self.init(.unknownChannel)
        case .unknownMessage: self.init(.unknownMessage)
        case .unknownWebhook: self.init(.unknownWebhook)
        case .unknownMember, .unknownAccount: self.init(.unknownMember)
        case .ownerCannotLeave, .ownerOnly, .homeSpaceStays, .notAuthor:
            self.init(.missingPermission, "The owner hands a galaxy over first.")
            missing = 0
        case .busy: self.init(.unavailable)
        case .unknownSession, .invalidCredentials, .invalidRefreshToken: self.init(.unauthenticated)
        // What only other APIs ask for.
        case .usernameTaken, .emailTaken, .wrongPassword, .registrationClosed, .invitationRequired, .invalidInvitation, .unknownInvite,
            .unknownAccountInvite, .unknownChannelInvite, .cannotMessageOneself, .notInDirectChannel, .alreadyMember,
            .invalidChannelInvite, .alreadyInvited, .notOwnInvite, .newOwnerNeeded, .cannotRemoveOneself, .cannotRemoveOwner,
            .ambiguousChannel, .unknownProfile, .notProfileOwner, .unknownWorld, .unknownAsset, .unknownService, .unknownInstance,
            .unknownCandidate, .candidateRefused, .bannedFromInstance, .unknownPicture, .unknownTag, .missingTag, .notRegistryOwner,
            .registryIDTaken, .alreadyFollowing, .cannotFollowOneself,
            .lastAdministrator:
            self.init(.invalid)
        }
    }

    /// What members are called here whose fields are called otherwise in the house.
    static func memberName(_ field: String) -> String { memberNames[field] ?? field }

    private static let memberNames = [
        "parent_id": "parentChannelId", "icon_url": "iconHash", "user": "userId", "channel_id": "channelId",
        "github_secret": "githubSecret", "webhook_avatar": "avatarUrl",
    ]
}
