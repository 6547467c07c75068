internal import HTTP

/// A kind of error: the table of contracts/cosmos.md 2.
struct ProblemKind: Sendable, Equatable {
    /// The number that clients tell kinds apart by.
    let code: Int
    let status: HTTPStatus
    let title: String

    private init(_ code: Int, _ status: HTTPStatus, _ title: String) {
        self.code = code
        self.status = status
        self.title = title
    }

    static func == (left: Self, right: Self) -> Bool { left.code == right.code && left.status.code == right.status.code }

    // MARK: Who asks

    static let unauthenticated = ProblemKind(4_008, .unauthorized, "No or unusable credentials")
    static let signatureMissing = ProblemKind(4_100, .unauthorized, "A server's signature is missing")
    static let signatureInvalid = ProblemKind(4_101, .unauthorized, "A server's signature is malformed or does not verify")
    static let untimely = ProblemKind(4_102, .unauthorized, "Outside of the time window")
    static let replayed = ProblemKind(4_103, .unauthorized, "Used before")
    static let unknownKey = ProblemKind(4_104, .unauthorized, "Unknown or revoked key")
    static let wrongDigest = ProblemKind(4_105, .badRequest, "Content-Digest is missing, unsupported or wrong")
    static let wrongAudience = ProblemKind(4_106, .unauthorized, "The token's audience or issuer is wrong")
    static let invalidToken = ProblemKind(4_107, .unauthorized, "The token is malformed or its signature is bad")
    static let keysUnavailable = ProblemKind(4_108, .serviceUnavailable, "The keys of the other server cannot be had")

    // MARK: Who may

    static let notOperator = ProblemKind(4_200, .forbidden, "Not an operator of this server")
    static let invalidClaimCode = ProblemKind(4_201, .forbidden, "The claim code is wrong, used or expired")
    static let missingPermission = ProblemKind(4_202, .forbidden, "Missing permission")
    static let cannotGrant = ProblemKind(4_203, .forbidden, "Nobody gives or denies what they lack")
    static let invalidAssertion = ProblemKind(4_204, .forbidden, "The user assertion is missing or does not match")
    static let limitReached = ProblemKind(4_205, .forbidden, "A limit is reached")
    static let suspended = ProblemKind(4_206, .forbidden, "The galaxy is suspended")

    // MARK: What is there

    static let unknownRoute = ProblemKind(4_301, .notFound, "Nothing is here")
    static let unknownGalaxy = ProblemKind(4_300, .notFound, "Unknown galaxy")
    static let unknownChannel = ProblemKind(4_301, .notFound, "Unknown channel")
    static let conflict = ProblemKind(4_302, .conflict, "The id is used with other content")
    static let unknownWebhook = ProblemKind(4_303, .notFound, "Unknown webhook")
    static let unknownMessage = ProblemKind(4_304, .notFound, "Unknown message or delivery")
    static let unknownMember = ProblemKind(4_304, .notFound, "Unknown member")

    // MARK: What was sent

    static let invalid = ProblemKind(4_400, .badRequest, "Malformed JSON or failed validation")
    static let methodNotAllowed = ProblemKind(4_400, .methodNotAllowed, "The method is not allowed here")
    static let invalidParent = ProblemKind(4_401, .badRequest, "Bad parent")
    static let unknownChannelType = ProblemKind(4_402, .badRequest, "Unknown channel type")
    static let invalidPermissions = ProblemKind(4_403, .badRequest, "Bad permission bits or override")
    static let foreignID = ProblemKind(4_404, .badRequest, "Only a metadata server gives an id")
    static let tooLarge = ProblemKind(4_405, .contentTooLarge, "The body is too large")
    static let unsupportedMediaType = ProblemKind(4_406, .unsupportedMediaType, "The media type is not supported")
    static let forbiddenURL = ProblemKind(4_500, .badRequest, "The webhook's URL is not allowed")
    static let emptyMessage = ProblemKind(4_501, .badRequest, "The message is empty")
    static let wrongWebhookSignature = ProblemKind(4_502, .unauthorized, "The webhook's signature is missing or wrong")
    static let unsupportedVersion = ProblemKind(4_600, .badRequest, "The version is not supported")
    static let versionGone = ProblemKind(4_601, .gone, "The version is past its sunset")
    static let rateLimited = ProblemKind(4_602, .tooManyRequests, "Too many requests")

    // MARK: What went wrong here

    static let unavailable = ProblemKind(4_108, .serviceUnavailable, "Try again in a moment")
    static let `internal` = ProblemKind(4_000, .internalServerError, "Something went wrong")

    /// What HTTP itself refuses.
    static func http(_ status: HTTPStatus) -> ProblemKind { ProblemKind(4_400, status, status.reason) }
}
