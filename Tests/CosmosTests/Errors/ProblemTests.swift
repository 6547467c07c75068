import Community
import Federation
import HTTP
import JSON
import Storage
import Testing

@testable import Cosmos
@testable import Dialect

/// contracts/cosmos.md 2, "Errors": kinds of errors as clients know them, and which refusal is of which kind.
struct ProblemTests {
    /// A row of the table.
    struct Row: Sendable {
        let error: any Error
        let code: Int
        let status: Int

        init(_ error: any Error, _ code: Int, _ status: Int) {
            self.error = error
            self.code = code
            self.status = status
        }
    }

    private static let trust = [
        Row(Problem(.unauthenticated), 4008, 401), Row(Problem(.signatureMissing), 4100, 401),
        Row(TrustFailure.invalidSignature("x"), 4101, 401), Row(TrustFailure.untimely, 4102, 401), Row(TrustFailure.replayed, 4103, 401),
        Row(TrustFailure.unknownKey, 4104, 401), Row(TrustFailure.wrongDigest("x"), 4105, 400),
        Row(TrustFailure.wrongAudience("x"), 4106, 401), Row(TrustFailure.invalidToken("x"), 4107, 401),
        Row(TrustFailure.unavailable, 4108, 503),
    ]

    private static let refusals = [
        Row(CommunityError.notOperator, 4200, 403), Row(CommunityError.invalidClaimCode, 4201, 403),
        Row(CommunityError.missingPermission(.manageChannels), 4202, 403), Row(CommunityError.cannotGrant(.manageRoles), 4203, 403),
        Row(TrustFailure.invalidAssertion("x"), 4204, 403), Row(CommunityError.limitReached(name: "galaxies", limit: 1), 4205, 403),
        Row(CommunityError.spaceSuspended, 4206, 403), Row(CommunityError.unknownSpace, 4300, 404),
        Row(CommunityError.unknownChannel, 4301, 404), Row(CommunityError.galaxyConflict, 4302, 409),
        Row(CommunityError.channelConflict, 4302, 409), Row(CommunityError.unknownWebhook, 4303, 404),
        Row(CommunityError.unknownMessage, 4304, 404), Row(JSONError.malformed(reason: "x"), 4400, 400),
        Row(CommunityError.invalid([InvalidField(name: "name", code: "X", message: "Is wrong.")]), 4400, 400),
        Row(CommunityError.invalidParent, 4401, 400), Row(CommunityError.unknownChannelKind, 4402, 400),
        Row(CommunityError.invalidPermissions("x"), 4403, 400), Row(Problem(.foreignID), 4404, 400),
        Row(HTTPError.bodyTooLarge(limit: 7), 4405, 413), Row(JSONError.tooLarge(limit: 7), 4405, 413),
        Row(Problem(.unsupportedMediaType), 4406, 415), Row(Problem(.forbiddenURL), 4500, 400), Row(CommunityError.emptyMessage, 4501, 400),
        Row(Problem(.wrongWebhookSignature), 4502, 401), Row(Problem(.unsupportedVersion), 4600, 400),
        Row(Problem(.versionGone), 4601, 410), Row(CommunityError.tooManySetupAttempts(retryAfter: 5), 4602, 429),
    ]

    @Test(arguments: trust + refusals) func `each error has the code and the status of the table`(row: Row) {
        let problem = Problem(for: row.error)
        #expect(problem.kind.code == row.code && problem.kind.status.code == row.status)
        #expect(!problem.detail.isEmpty && !problem.kind.title.isEmpty)
    }

    @Test func `the table is complete`() {
        let codes = [4008...4008, 4100...4108, 4200...4206, 4300...4304, 4400...4406, 4500...4502, 4600...4602].flatMap(Array.init)
        #expect(Set((Self.trust + Self.refusals).map(\.code)).sorted() == codes)
    }

    /// What the domain refuses besides is of one of these kinds; whatever goes wrong inside says nothing about it.
    @Test(arguments: [
        Row(CommunityError.missingAccess, 4202, 403), Row(CommunityError.spaceReadOnly, 4206, 403),
        Row(CommunityError.identityTaken, 4106, 401), Row(CommunityError.identityRevoked, 4107, 401),
        Row(CommunityError.unknownMember, 4304, 404), Row(CommunityError.unknownAccount, 4304, 404),
        Row(CommunityError.ownerCannotLeave, 4202, 403), Row(CommunityError.channelNameTaken, 4302, 409),
        Row(CommunityError.unknownSession, 4008, 401), Row(CommunityError.busy, 4108, 503),
        Row(DatabaseError.queueFull(limit: 1), 4108, 503), Row(DatabaseError.unavailable(reason: "x"), 4108, 503),
        Row(DatabaseError.closed, 4000, 500), Row(HTTPError.handlerFailed, 4000, 500), Row(CancellationError(), 4000, 500),
        Row(HTTPError.timeout("x"), 4400, 408), Row(JSONError.duplicateName(pointer: "/id"), 4400, 400),
        Row(JSONError.wrongType(pointer: "", expected: .object, found: .array), 4400, 400), Row(JSONError.tooDeep(limit: 3), 4400, 400),
    ])
    func `other errors are of one of these kinds`(row: Row) {
        let problem = Problem(for: row.error)
        #expect(problem.kind.code == row.code && problem.kind.status.code == row.status)
    }

    private static func object(_ error: any Error) throws -> JSONObject {
        try #require(Answer(Problem(for: error).response).object)
    }

    /// "`application/problem+json` (RFC 9457): `type` "urn:cosmos:error:<code>", `title`, `status`, `detail`, plus extension `code`".
    @Test func `an answer has all members`() {
        let answer = Answer(Problem(for: CommunityError.unknownSpace).response)
        #expect(answer.status == 404 && answer.headers.all("Content-Type") == ["application/problem+json"])
        #expect(
            answer.text
                == #"{"type":"urn:cosmos:error:4300","title":"Unknown galaxy","status":404,"detail":"Unknown galaxy.","code":4300}"#)
        #expect(answer["WWW-Authenticate"] == nil && answer["Retry-After"] == nil)
    }

    /// "for validation, `errors: [{path, reason}]` with JSON-pointer paths", in the words of this wire.
    @Test func `all members that are wrong are named`() throws {
        let fields = ["parent_id", "name"].map { InvalidField(name: $0, code: "X", message: "Is wrong.") }
        let object = try Self.object(CommunityError.invalid(fields))
        let errors = try #require(try object["errors"]?.array()).map { try $0.object() }
        #expect(try errors.map { try $0["path"]?.string() } == ["/parentChannelId", "/name"])
        #expect(try errors.map { try $0["reason"]?.string() } == ["Is wrong.", "Is wrong."])
        #expect(try object["detail"]?.string() == "/parentChannelId: Is wrong. /name: Is wrong.")
        let duplicate = try Self.object(JSONError.duplicateName(pointer: "/id"))
        #expect(try duplicate["errors"]?.array().map { try $0.object()["path"]?.string() } == ["/id"])
    }

    /// "missing permission (extension `missing`: int)", "version not supported (extension `supported`: [int])".
    @Test func `extensions say what is missing and what there is`() throws {
        let missing = try Self.object(CommunityError.missingPermission([.manageChannels, .viewChannel]))
        #expect(try missing["missing"]?.integer() == 1_040)
        #expect(try missing["detail"]?.string().contains("MANAGE_CHANNELS") == true)
        let stranger = try Self.object(CommunityError.missingPermission([]))
        #expect(try stranger["missing"]?.integer() == 0)
        #expect(try stranger["detail"]?.string() == "Only members may do this.")
        var problem = Problem(.unsupportedVersion)
        problem.supported = [1]
        #expect(try Self.object(problem)["supported"]?.array().map { try $0.integer() } == [1])
    }

    /// RFC 6750 3: whoever sends no credentials is told no error.
    @Test(arguments: [
        (Row(Problem(.unauthenticated), 4008, 401), "Bearer"), (Row(Problem(.signatureMissing), 4100, 401), "Bearer"),
        (Row(TrustFailure.invalidToken("x"), 4107, 401), "Bearer error=\"invalid_token\""),
        (Row(CommunityError.identityRevoked, 4107, 401), "Bearer error=\"invalid_token\""),
    ])
    func `who is not known hears how to show who it is`(row: Row, challenge: String) {
        #expect(Problem(for: row.error).response.headers.all("WWW-Authenticate") == [challenge])
    }

    /// contracts/cosmos.md 10: "Retry-After always."
    @Test func `a limit says when to come back`() {
        let status = RateLimitStatus(bucket: "x", limit: 5, remaining: 0, resetAt: nil, resetAfterSeconds: 1.2)
        let problem = Problem(for: RateLimitReached(status: status, afterSeconds: 1.2, isGlobal: false, message: "At most 5."))
        #expect(problem.kind == .rateLimited && problem.detail == "At most 5." && problem.response.headers[first: "Retry-After"] == "2")
        #expect(Problem(for: TrustFailure.unavailable).response.headers[first: "Retry-After"] != nil)
        #expect(Problem(for: CommunityError.tooManySetupAttempts(retryAfter: 5)).response.headers[first: "Retry-After"] == "5")
    }
}
