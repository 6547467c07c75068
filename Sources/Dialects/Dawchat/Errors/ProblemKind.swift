internal import HTTP

/// A kind of error as its clients know it (contracts/dawchat.md 1.1). Type URIs and titles are those of the seed, with its spelling.
struct ProblemKind: Sendable {
    private static let base = "https://github.com/isel-leic-daw/2024-daw-leic51n-gn12/tree/main/docs/error/"

    /// The short name, sent as `code`.
    let code: String
    /// The type URI (RFC 9457 3.1.1).
    let type: String
    let title: String
    let status: HTTPStatus
    /// What is said where nothing more exact is known.
    let detail: String

    private init(_ code: String, _ suffix: String, _ title: String, _ status: HTTPStatus, _ detail: String) {
        self.code = code
        type = Self.base + suffix
        self.title = title
        self.status = status
        self.detail = detail
    }

    /// A kind that says no more than its status does.
    private init(_ code: String, _ status: HTTPStatus, _ detail: String) {
        self.code = code
        type = "about:blank"
        title = status.reason
        self.status = status
        self.detail = detail
    }

    // MARK: Requests and accounts

    static let invalidRequestParameters = ProblemKind(
        "InvalidRequestParameters", "invalid-request-parameters", "Invalid parameters", .badRequest,
        "Something that the request needs is missing or is not what it has to be.")
    static let invalidUsername = ProblemKind(
        "InvalidUsername", "invalid-username", "Username is too short", .badRequest,
        "A username has 4 to 32 characters, none of them a control character.")
    static let insecurePassword = ProblemKind(
        "InsecurePassword", "insecure-password", "Password is not secure", .badRequest, "A password has at least 8 characters.")
    static let invalidUserInvite = ProblemKind(
        "InvalidUserInvite", "invalid-user-invite", "Invite is not valid", .forbidden, "The invite is unknown or has been used.")
    static let usernameTaken = ProblemKind(
        "UsernameTaken", "username-taken", "Username already exists", .conflict, "Somebody else has this username.")
    static let invalidCredentials = ProblemKind(
        "InvalidCredentials", "invalid-credentials", "Invalid credentials", .unauthorized, "No user has this username and password.")
    static let userInviteNotFound = ProblemKind(
        "UserInviteNotFound", "user-invite-not-found", "Invite not found", .notFound, "There is no such invite.")
    static let userNotFound = ProblemKind(
        "UserNotFound", "user-not-found", "User not found", .notFound, "Nobody has this username.")

    // MARK: Channels

    static let invalidChannelName = ProblemKind(
        "InvalidChannelName", "invalid-channel-name", "Channel name is not valid", .badRequest,
        "The name of a channel has 4 to 32 characters, none of them a control character.")
    static let channelNameTaken = ProblemKind(
        "ChannelNameTaken", "channel-name-taken", "Channel with same name already exists", .conflict, "There is a channel of this name.")
    static let channelNotFound = ProblemKind(
        "ChannelNotFound", "channel-not-found", "Channel not found", .notFound, "There is no such channel.")
    static let noPermission = ProblemKind(
        "NoPermission", "no-permission", "No permission to perform operation", .forbidden, "The permission for this is missing.")
    static let userAlreadyInChannel = ProblemKind(
        "UserAlreadyInChannel", "user-aleady-in-channel", "User already joined the channel", .conflict,
        "The user is a member of the channel.")
    static let userAlreadyInvited = ProblemKind(
        "UserAlreadyInvited", "user-already-invited", "User already invited", .conflict, "The user has a pending invite to the channel.")
    static let invalidChannelInvite = ProblemKind(
        "InvalidChannelInvite", "invalid-channel-invite", "Invalid channel invite", .forbidden,
        "The invite is for another channel or another user, or it has been used, denied or revoked.")
    static let channelInviteNotFound = ProblemKind(
        "ChannelInviteNotFound", "channel-invite-not-found", "Channel invite not found", .notFound, "There is no such invite.")
    static let userNotInChannel = ProblemKind(
        "UserNotInChannel", "user-not-in-channel", "User is not a member of the channel", .conflict,
        "The user is not a member of the channel.")
    static let selectNewOwner = ProblemKind(
        "SelectNewOwner", "select-owner", "Must select a new channel owner", .badRequest,
        "An owner who leaves others in the channel names one of them as newOwner.")
    static let cannotSelfRemove = ProblemKind(
        "CantSelfRemove", "cannot-self-remove", "Cannot remove yourself", .conflict,
        "Members leave a channel, they do not remove themselves.")
    static let cannotRemoveOwner = ProblemKind(
        "CantRemoveOwner", "cant-remove-owner", "Cannot remove owner", .conflict, "The owner of a channel cannot be removed from it.")
    static let invalidMessageID = ProblemKind(
        "InvalidMessageId", "invalid-message-id", "Invalid message id", .conflict, "The channel has no such message.")

    // MARK: Without a type of their own

    static let unauthorized = ProblemKind("Unauthorized", .unauthorized, "This needs a session that is good: log in.")
    static let notFound = ProblemKind("NotFound", .notFound, "There is no such route.")
    static let methodNotAllowed = ProblemKind("MethodNotAllowed", .methodNotAllowed, "The route does not take this method.")
    static let tooLarge = ProblemKind("TooLarge", .contentTooLarge, "The body is too large.")
    static let rateLimited = ProblemKind("RateLimited", .tooManyRequests, "Too many requests.")
    static let `internal` = ProblemKind("Internal", .internalServerError, "Something went wrong.")
    static let unavailable = ProblemKind("Unavailable", .serviceUnavailable, "The server is busy; try again in a moment.")

    /// What is wrong below JSON, in the words of HTTP.
    static func http(_ status: HTTPStatus) -> ProblemKind {
        ProblemKind(status.reason.filter { $0 != " " }, status, status.reason)
    }
}
