internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Storage

/// The one mapping of what the house refuses to what this API answers (contracts/gale.md 2).
extension Failure {
    /// What any error is here.
    init(for error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as CommunityError: self.init(refusal: error)
        case let error as RateLimitReached:
            self.init(.tooManyRequests, error.message, retryAfter: max(1, Int(error.afterSeconds.rounded(.up))))
        case let error as HTTPError: self.init(http: error)
        case let error as JSONError: self.init(.badRequest, "Malformed JSON: \(error)")
        default: self = .internal
        }
    }

    /// What is no request that can be served.
    init(http error: HTTPError) {
        self.init(error.status, error.message)
    }

    private init(refusal error: CommunityError) {
        switch error {
        case .unknownProfile: self = .notFound
        case .notProfileOwner: self = .notOwner
        case .invalidRefreshToken: self = .invalidRefreshToken
        case .unknownAccount, .unknownSession: self = .invalidToken
        case .limitReached(let name, let limit): self.init(.forbidden, "At most \(limit) \(name).")
        case .registrationClosed: self.init(.forbidden, "This server takes no new accounts.")
        case .invitationRequired: self.init(.forbidden, "This server takes new accounts by invitation only.")
        case .busy: self.init(.serviceUnavailable, "The server is busy.", retryAfter: 1)
        // What only other APIs ask for.
        default: self = .internal
        }
    }
}
