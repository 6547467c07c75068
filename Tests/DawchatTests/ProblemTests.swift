import Community
import HTTP
import JSON
import Storage
import Testing

@testable import Dawchat
@testable import Dialect

/// contracts/dawchat.md 1.1: kinds of errors as clients know them, and which refusal is of which kind.
struct ProblemTests {
    private static let base = "https://github.com/isel-leic-daw/2024-daw-leic51n-gn12/tree/main/docs/error/"

    /// A row of the table of 1.1.
    struct Row: Sendable {
        var error: CommunityError
        var code: String
        var suffix: String
        var title: String
        var status: Int

        init(_ error: CommunityError, _ code: String, _ suffix: String, _ title: String, _ status: Int) {
            self.error = error
            self.code = code
            self.suffix = suffix
            self.title = title
            self.status = status
        }
    }

    private static func field(_ name: String) -> CommunityError {
        .invalid([InvalidField(name: name, code: "X", message: "Is wrong."), InvalidField(name: "name", code: "X", message: "Too.")])
    }

    private static let table = [
        Row(field("topic"), "InvalidRequestParameters", "invalid-request-parameters", "Invalid parameters", 400),
        Row(field("username"), "InvalidUsername", "invalid-username", "Username is too short", 400),
        Row(field("password"), "InsecurePassword", "insecure-password", "Password is not secure", 400),
        Row(.invalidInvitation, "InvalidUserInvite", "invalid-user-invite", "Invite is not valid", 403),
        Row(.usernameTaken, "UsernameTaken", "username-taken", "Username already exists", 409),
        Row(.invalidCredentials, "InvalidCredentials", "invalid-credentials", "Invalid credentials", 401),
        Row(.unknownAccountInvite, "UserInviteNotFound", "user-invite-not-found", "Invite not found", 404),
        Row(field("name"), "InvalidChannelName", "invalid-channel-name", "Channel name is not valid", 400),
        Row(.channelNameTaken, "ChannelNameTaken", "channel-name-taken", "Channel with same name already exists", 409),
        Row(.unknownChannel, "ChannelNotFound", "channel-not-found", "Channel not found", 404),
        Row(.missingPermission(.createInvite), "NoPermission", "no-permission", "No permission to perform operation", 403),
        Row(.alreadyMember, "UserAlreadyInChannel", "user-aleady-in-channel", "User already joined the channel", 409),
        Row(.alreadyInvited, "UserAlreadyInvited", "user-already-invited", "User already invited", 409),
        Row(.unknownAccount, "UserNotFound", "user-not-found", "User not found", 404),
        Row(.invalidChannelInvite, "InvalidChannelInvite", "invalid-channel-invite", "Invalid channel invite", 403),
        Row(.unknownChannelInvite, "ChannelInviteNotFound", "channel-invite-not-found", "Channel invite not found", 404),
        Row(.unknownMember, "UserNotInChannel", "user-not-in-channel", "User is not a member of the channel", 409),
        Row(.newOwnerNeeded, "SelectNewOwner", "select-owner", "Must select a new channel owner", 400),
        Row(.cannotRemoveOneself, "CantSelfRemove", "cannot-self-remove", "Cannot remove yourself", 409),
        Row(.cannotRemoveOwner, "CantRemoveOwner", "cant-remove-owner", "Cannot remove owner", 409),
        Row(.unknownMessage, "InvalidMessageId", "invalid-message-id", "Invalid message id", 409),
    ]

    @Test(arguments: table) func `each kind has its type and title`(row: Row) {
        let problem = Problem(for: row.error)
        #expect(problem.kind.code == row.code && problem.kind.type == Self.base + row.suffix)
        #expect(problem.kind.title == row.title && problem.kind.status.code == row.status)
        #expect(!problem.detail.isEmpty && problem.retryAfter == nil)
    }

    @Test func `the table of the contract is complete`() {
        #expect(Set(Self.table.map(\.code)).count == 21)
    }

    /// What the domain refuses besides.
    @Test(arguments: [
        (CommunityError.invalid([]), "InvalidRequestParameters"), (.emptyMessage, "InvalidRequestParameters"),
        (.ambiguousChannel, "InvalidRequestParameters"), (.registrationClosed, "InvalidUserInvite"),
        (.invitationRequired, "InvalidUserInvite"), (.unknownSpace, "ChannelNotFound"), (.unknownInvite, "ChannelInviteNotFound"),
        (.missingAccess, "NoPermission"), (.notOwnInvite, "NoPermission"), (.limitReached(name: "channels", limit: 3), "NoPermission"),
        (.ownerOnly, "NoPermission"), (.ownerCannotLeave, "NoPermission"), (.homeSpaceStays, "NoPermission"), (.notAuthor, "NoPermission"),
        (.cannotMessageOneself, "NoPermission"), (.notInDirectChannel, "NoPermission"), (.emailTaken, "NoPermission"),
        (.wrongPassword, "NoPermission"), (.invalidRefreshToken, "NoPermission"), (.unknownSession, "Unauthorized"), (.busy, "Unavailable"),
        (.tooManySetupAttempts(retryAfter: 5), "RateLimited"),
    ])
    func `other refusals are of one of these kinds`(error: CommunityError, code: String) {
        #expect(Problem(for: error).kind.code == code)
    }

    @Test func `limits are named`() {
        #expect(
            Problem(for: CommunityError.limitReached(name: "owned channels per account", limit: 200)).detail
                == "At most 200 owned channels per account.")
        #expect(Problem(for: CommunityError.tooManySetupAttempts(retryAfter: 5)).retryAfter == 5)
        #expect(Problem(for: Self.field("topic")).detail == "topic: Is wrong.")
        #expect(Problem(for: Self.field("password")).detail == "Is wrong.")
    }

    /// Those that have no type of their own: `about:blank`, and the reason phrase as title (RFC 9457 4.2.1).
    @Test(arguments: [
        (CommunityError.unknownSession as any Error, "Unauthorized", "Unauthorized", 401),
        (JSONError.tooLarge(limit: 7), "TooLarge", "Content Too Large", 413),
        (HTTPError.bodyTooLarge(limit: 7), "TooLarge", "Content Too Large", 413),
        (DatabaseError.queueFull(limit: 1), "Unavailable", "Service Unavailable", 503),
        (DatabaseError.unavailable(reason: "x"), "Unavailable", "Service Unavailable", 503),
        (CommunityError.busy, "Unavailable", "Service Unavailable", 503),
        (DatabaseError.closed, "Internal", "Internal Server Error", 500),
        (HTTPError.handlerFailed, "Internal", "Internal Server Error", 500),
        (CancellationError(), "Internal", "Internal Server Error", 500), (HTTPError.timeout("x"), "RequestTimeout", "Request Timeout", 408),
        (HTTPError.tooManyConnections(limit: 1), "Unavailable", "Service Unavailable", 503),
        (Problem(.notFound), "NotFound", "Not Found", 404), (Problem(.methodNotAllowed), "MethodNotAllowed", "Method Not Allowed", 405),
    ])
    func `bare errors say what their status says`(error: any Error, code: String, title: String, status: Int) {
        let problem = Problem(for: error)
        #expect(problem.kind.code == code && problem.kind.title == title && problem.kind.status.code == status)
        #expect(problem.kind.type == "about:blank" && !problem.detail.isEmpty)
    }

    /// "malformed/missing argument"; nothing of what went wrong inside is told.
    @Test(arguments: [
        JSONError.malformed(reason: "x"), .tooDeep(limit: 3), .duplicateName(pointer: "/a"), .missing(pointer: "/a"),
        .outOfRange(pointer: "/a"),
        .wrongType(pointer: "", expected: .object, found: .array),
    ])
    func `a body that is none is a wrong parameter`(error: JSONError) {
        #expect(Problem(for: error).kind.code == "InvalidRequestParameters")
    }

    @Test func `a limit says when to come back`() {
        let status = RateLimitStatus(bucket: "x", limit: 5, remaining: 0, resetAt: nil, resetAfterSeconds: 1.2)
        let problem = Problem(for: RateLimitReached(status: status, afterSeconds: 1.2, isGlobal: false, message: "At most 5."))
        #expect(problem.kind.code == "RateLimited" && problem.detail == "At most 5." && problem.retryAfter == 2)
        #expect(problem.kind.status.code == 429 && problem.kind.title == "Too Many Requests" && problem.kind.type == "about:blank")
        #expect(problem.response.headers[first: "Retry-After"] == "2")
    }

    /// "`type`, `title`, `detail`, plus additive `details` …, `status` … and `code`", as application/problem+json.
    @Test func `an answer has all members`() {
        let response = Problem(for: CommunityError.newOwnerNeeded).response
        #expect(response.status.code == 400 && response.headers.all("Content-Type") == ["application/problem+json"])
        #expect(response.headers[first: "Retry-After"] == nil)
        guard case .bytes(let bytes) = response.body else { return #expect(Bool(false), "no body") }
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"type":"\(Self.base)select-owner","title":"Must select a new channel owner",\
                "detail":"An owner who leaves others in the channel names one of them as newOwner.",\
                "details":"An owner who leaves others in the channel names one of them as newOwner.","status":400,"code":"SelectNewOwner"}
                """)
    }
}
