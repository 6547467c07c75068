internal import Community
internal import Dialect
internal import HTTP

extension ChatError {
    /// What the domain refuses, in the words and numbers of contracts/chat.md 1.1.
    init(_ error: CommunityError) {
        switch error {
        case .invalid(let fields): self = .invalidForm(fields)
        case .emptyMessage:
            self.init(
                status: .badRequest, code: 50_006, name: "empty_message", message: "A message has 1 to 2000 characters besides blanks.")
        case .usernameTaken: self = .conflict("username_taken", "The username is taken.")
        case .emailTaken: self = .conflict("email_taken", "The email address is taken.")
        case .channelNameTaken:
            self = .conflict("channel_name_taken", "There is a channel of this name here; each name is used once in the home server.")
        case .alreadyInvited: self = .conflict("already_invited", "There is a pending invite for this user.")
        case .alreadyMember: self = .conflict("already_member", "Already a member.")
        case .wrongPassword:
            self = .invalidForm([
                InvalidField(name: "current_password", code: "PASSWORD_DOES_NOT_MATCH", message: "The password is not right.")
            ])
        case .invalidCredentials:
            self.init(status: .unauthorized, code: 50_014, name: "invalid_credentials", message: "Unknown user or wrong password.")
        case .invalidRefreshToken:
            self.init(
                status: .unauthorized, code: 50_014, name: "invalid_refresh_token", message: "The refresh token is not valid any more.")
        case .registrationClosed: self = .forbidden("registration_closed", "This server takes no new accounts.")
        case .invitationRequired: self = .forbidden("invitation_required", "Registering here needs an invite_token.")
        case .invalidInvitation:
            self = .invalidForm([
                InvalidField(name: "invite_token", code: "INVALID_INVITE", message: "The invite is not valid.")
            ])
        case .tooManySetupAttempts(let seconds):
            self.init(
                status: .tooManyRequests, code: 0, name: "rate_limited", message: "At most 5 wrong setup codes in 15 minutes.",
                retry: RetryInformation(
                    limit: RateLimitStatus(
                        bucket: "setup-code", limit: 5, remaining: 0, resetAt: nil, resetAfterSeconds: Double(seconds)),
                    afterSeconds: Double(seconds), isGlobal: false))
        case .missingAccess:
            self.init(status: .forbidden, code: 50_001, name: "missing_access", message: "Not a member.")
        case .missingPermission:
            self.init(status: .forbidden, code: 50_013, name: "missing_permissions", message: "The permission for this is missing.")
        case .ownerOnly: self = .forbidden("missing_permissions", "Only the owner may do this.")
        case .ownerCannotLeave:
            self = .forbidden("missing_permissions", "The owner cannot leave: hand the server over (owner_id) or delete it.")
        case .homeSpaceStays: self = .forbidden("missing_permissions", "The home server cannot be deleted.")
        case .notAuthor: self.init(status: .forbidden, code: 50_005, name: "not_author", message: "Only its author may edit a message.")
        case .cannotMessageOneself:
            self.init(status: .forbidden, code: 50_007, name: "cannot_dm", message: "A DM channel is for talking to somebody else.")
        case .notInDirectChannel:
            self.init(
                status: .forbidden, code: 50_003, name: "cannot_execute_on_dm", message: "A DM channel can be neither changed nor deleted.")
        case .spaceSuspended: self = .forbidden("server_suspended", "The server is suspended; nothing in it can be changed.")
        case .spaceReadOnly: self = .forbidden("server_read_only", "The server is read-only.")
        // What only other APIs ask for; here it would be refused in the same words as its like.
        case .notOwnInvite, .newOwnerNeeded, .cannotRemoveOneself, .cannotRemoveOwner, .invalidChannelInvite, .cannotGrant,
            .invalidPermissions, .invalidParent, .unknownChannelKind, .galaxyConflict, .channelConflict, .identityTaken, .identityRevoked,
            .notOperator, .invalidClaimCode, .unknownProfile, .notProfileOwner, .unknownWorld, .unknownAsset, .unknownService,
            .unknownInstance, .unknownCandidate, .candidateRefused, .bannedFromInstance, .unknownPicture, .unknownTag, .missingTag,
            .notRegistryOwner, .registryIDTaken, .alreadyFollowing,
            .cannotFollowOneself, .lastAdministrator:
            self = .forbidden("missing_permissions", "The permission for this is missing.")
        case .ambiguousChannel: self = .unknown(10_003, "unknown_channel", "There is no such channel.")
        case .unknownSession: self = .unauthorized
        case .unknownSpace: self = .unknown(10_004, "unknown_server", "There is no such server.")
        case .unknownChannel: self = .unknown(10_003, "unknown_channel", "There is no such channel.")
        case .unknownWebhook: self = .unknown(10_015, "unknown_webhook", "There is no such webhook.")
        case .unknownMessage: self = .unknown(10_008, "unknown_message", "There is no such message.")
        case .unknownAccount: self = .unknown(10_013, "unknown_user", "There is no such user.")
        case .unknownMember: self = .unknown(10_007, "unknown_member", "There is no such member.")
        case .unknownAccountInvite, .unknownChannelInvite, .unknownInvite:
            self = .unknown(10_006, "unknown_invite", "There is no such invite, or it is used up or expired.")
        case .limitReached(let name, let limit):
            self.init(status: .badRequest, code: 30_001, name: "limit_reached", message: "At most \(limit) \(name).")
        case .busy: self = .busy
        }
    }

    private static func conflict(_ name: String, _ message: String) -> ChatError {
        ChatError(status: .conflict, code: 50_035, name: name, message: message)
    }

    private static func forbidden(_ name: String, _ message: String) -> ChatError {
        ChatError(status: .forbidden, code: 50_013, name: name, message: message)
    }

    private static func unknown(_ code: Int, _ name: String, _ message: String) -> ChatError {
        ChatError(status: .notFound, code: code, name: name, message: message)
    }
}
