internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Storage

/// The codes of a group of routes for what means something else in each.
struct FailureTopic: Sendable {
    /// What is sent breaks the rules.
    var invalid: FailureCode
    /// The id or the name is there already.
    var taken: FailureCode

    static let server = FailureTopic(invalid: .serverInvalidInput, taken: .serverInvalidInput)
    static let authentication = FailureTopic(invalid: .authInvalidInput, taken: .authInvalidLogin)
    static let user = FailureTopic(invalid: .userInvalidInput, taken: .userAlreadyExists)
    static let world = FailureTopic(invalid: .worldInvalidInput, taken: .worldAlreadyExist)
    static let asset = FailureTopic(invalid: .worldAssetInvalidInput, taken: .assetAlreadyExists)
    static let service = FailureTopic(invalid: .serviceInvalidInput, taken: .serviceAlreadyExists)
    static let challenge = FailureTopic(invalid: .challengeInvalidInput, taken: .challengeRefused)
    static let integrity = FailureTopic(invalid: .integrityInvalidInput, taken: .integrityInvalidInput)
    static let instance = FailureTopic(invalid: .instanceInvalidInput, taken: .instanceAlreadyExists)
}

/// The one mapping of what the house refuses to what this API answers.
extension Failure {
    /// What any error is here.
    init(for error: any Error, in topic: FailureTopic) {
        switch error {
        case let failure as Failure: self = failure
        case let error as CommunityError: self.init(refusal: error, in: topic)
        case let error as PeerFailure: self.init(peer: error)
        case let error as RateLimitReached:
            self.init(.rateLimited, error.message, retryAfter: max(1, Int(error.afterSeconds.rounded(.up))))
        case let error as HTTPError: self.init(http: error, in: topic)
        case let error as JSONError: self.init(topic.invalid, "\(error)")
        case let error as MultipartError: self.init(topic.invalid, "\(error)")
        case RegistryFiles.Refusal.tooLarge(let reason): self.init(.fileTooLarge, reason)
        case RegistryFiles.Refusal.invalid(let reason): self.init(.fileInvalidType, reason)
        case RegistryFiles.Refusal.notAccepted(let reason): self.init(.worldAssetInvalidFile, reason)
        case RegistryFiles.Refusal.unavailable(let reason):
            self.init(.internalError, reason, retryAfter: 5, otherStatus: .serviceUnavailable)
        default: self.init(.internalError)
        }
    }

    /// What is no request that can be served.
    init(http error: HTTPError, in topic: FailureTopic = .server) {
        switch error.status {
        case .contentTooLarge: self.init(.fileTooLarge, error.message)
        case .notFound: self.init(.requestNotFound)
        default: self.init(topic.invalid, error.message, otherStatus: error.status)
        }
    }

    /// Why another server has not done what it was asked for.
    private init(peer error: PeerFailure) {
        switch error {
        case .unknownServer(let reason): self.init(.serverNotFound, reason)
        case .blocked: self.init(.serverBlocked)
        case .noResponse(let reason): self.init(.noResponseFromServer, reason)
        case .busy(let reason): self.init(.noResponseFromServer, reason, retryAfter: 1)
        case .noData: self.init(.noDataFromServer)
        case .badData: self.init(.badDataFromServer)
        case .badRedirection: self.init(.badRedirectionFromServer)
        case .badStructure(let reason): self.init(.badStructureFromServer, reason)
        case .unproven(let reason): self.init(.challengeRefused, reason)
        // Its own number says what is wrong, where it is one that everybody knows.
        case .refused(let code, _, _):
            guard let known = FailureCode(rawValue: code) else {
                self.init(.badDataFromServer, "It has refused with the number \(code), which is unknown.")
                return
            }
            // Its fault is not ours: it is told and not logged.
            self.init(known, known == .internalError ? "The other server has failed." : nil)
        }
    }

    private init(refusal error: CommunityError, in topic: FailureTopic) {
        switch error {
        case .invalid(let fields): self.init(topic.invalid, fields.map { "\($0.name): \($0.message)" }.joined(separator: " "))
        case .usernameTaken: self.init(topic.taken == .authInvalidLogin ? .authInvalidLogin : .userAlreadyExists, "The username is taken.")
        case .emailTaken: self.init(topic.taken == .authInvalidLogin ? .authInvalidLogin : .userAlreadyExists, "The email is taken.")
        case .registryIDTaken: self.init(topic.taken)
        case .invalidCredentials, .wrongPassword: self.init(.authInvalidLogin)
        case .registrationClosed: self.init(.serviceDisabled, "This server takes no new accounts.")
        case .invitationRequired:
            self.init(.authInvalidLogin, "This server takes new accounts by invitation only: invite_token is missing.")
        case .invalidInvitation: self.init(.authInvalidLogin, "The invitation or setup code is no good.")
        case .tooManySetupAttempts(let seconds):
            self.init(.rateLimited, "Too many wrong setup codes from this address.", retryAfter: seconds)
        case .unknownAccount, .unknownMember: self.init(.userNotFound)
        case .unknownSession: self.init(.sessionNotFound)
        case .unknownWorld: self.init(.worldNotFound)
        case .unknownAsset: self.init(.worldAssetNotFound)
        case .unknownService: self.init(.serviceNotFound)
        case .unknownInstance: self.init(.instanceNotFound)
        case .unknownCandidate: self.init(.candidateNotFound)
        case .bannedFromInstance: self.init(.userNotAllowed, "Banned from this instance.")
        case .candidateRefused(let seconds):
            self.init(
                .userNotAllowed,
                "Refused. Whoever was refused may ask again \(Limits.refusalSeconds) seconds later: in \(seconds) seconds.",
                retryAfter: seconds)
        case .unknownPicture: self.init(.fileNotFound)
        case .unknownTag(let tag): self.init(.tagNotFound, "There is no tag \(tag).")
        case .missingTag(let tag): self.init(.userDontHavePermission, "This needs \(tag).")
        case .notRegistryOwner: self.init(.userDontHavePermission)
        case .alreadyFollowing: self.init(.alreadyFollowing)
        case .cannotFollowOneself: self.init(.userInvalidInput, "Nobody follows oneself.")
        case .lastAdministrator: self.init(.userCannotDelete, "The last administrator stays one.")
        case .limitReached(let name, let limit) where name.hasPrefix("bytes"): self.init(.fileTooLarge, "At most \(limit) \(name).")
        case .limitReached(let name, let limit): self.init(topic.taken, "At most \(limit) \(name).")
        case .busy: self.init(.internalError, "The server is busy.", retryAfter: 1, otherStatus: .serviceUnavailable)
        // What only other APIs ask for.
        default: self.init(.internalError)
        }
    }
}
