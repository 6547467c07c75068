internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Storage

/// The one table from errors to answers (contracts/chat.md 1.1).
extension ChatError {
    static let unauthorized = ChatError(
        status: .unauthorized, code: 40_001, name: "unauthorized", message: "The access token is missing, wrong or expired.")
    static let notFound = ChatError(status: .notFound, code: 0, name: "not_found", message: "There is no such route.")
    static let methodNotAllowed = ChatError(
        status: .methodNotAllowed, code: 0, name: "method_not_allowed", message: "The route does not take this method.")
    /// For what people do to themselves only (contracts/chat.md 3.5, 3.6).
    static let notOneself = ChatError(
        status: .forbidden, code: 50_013, name: "missing_permissions", message: "Only the user itself may do this.")
    static let invalidJSON = invalidJSON("The body is not one JSON object in UTF-8.")
    static let invalidSetupCode = invalidForm([
        InvalidField(name: "setup_code", code: "INVALID_SETUP_CODE", message: "The setup code is not valid.")
    ])
    static let `internal` = ChatError(status: .internalServerError, code: 0, name: "internal", message: "Something went wrong.")
    static let busy = ChatError(
        status: .serviceUnavailable, code: 0, name: "unavailable", message: "The server is busy; try again in a moment.")

    private static func invalidJSON(_ message: String) -> ChatError {
        ChatError(status: .badRequest, code: 50_109, name: "invalid_json", message: message)
    }

    static func invalidForm(_ fields: [InvalidField]) -> ChatError {
        ChatError(
            status: .badRequest, code: 50_035, name: "invalid_form",
            message: fields.map { "\($0.name): \($0.message)" }.joined(separator: " "), fields: fields)
    }

    static func tooLarge(limit: Int) -> ChatError {
        ChatError(status: .contentTooLarge, code: 40_005, name: "too_large", message: "A body has at most \(limit) bytes.")
    }

    /// The answer for anything that a handler throws.
    init(_ error: any Error) {
        switch error {
        case let error as ChatError: self = error
        case let error as CommunityError: self.init(error)
        case let error as RateLimitReached:
            self.init(
                status: .tooManyRequests, code: 0, name: "rate_limited", message: error.message,
                retry: RetryInformation(limit: error.status, afterSeconds: error.afterSeconds, isGlobal: error.isGlobal))
        // The database is away or has too much to do: it comes back.
        case DatabaseError.unavailable, DatabaseError.queueFull: self = .busy
        case let error as JSONError: self.init(error)
        case let error as HTTPError: self.init(error)
        default: self = .internal
        }
    }

    /// A body that is not what JSON or this server takes.
    init(_ error: JSONError) {
        switch error {
        case .tooLarge(let limit): self = .tooLarge(limit: limit)
        case .tooDeep(let limit): self = .invalidJSON("The body is nested at most \(limit) levels deep.")
        case .duplicateName(let pointer): self = .invalidJSON("The body has two members \(pointer).")
        case .wrongType: self = .invalidJSON("The body is a JSON object.")
        case .malformed, .missing, .outOfRange: self = .invalidJSON
        }
    }

    /// What is wrong below JSON: the fault of the client, unless it says otherwise.
    init(_ error: HTTPError) {
        switch error {
        case .bodyTooLarge(let limit): self = .tooLarge(limit: limit)
        case .bodyIsBeingRead, .handlerFailed: self = .internal
        default: self.init(status: error.status, code: 0, name: "bad_request", message: error.message)
        }
    }
}
