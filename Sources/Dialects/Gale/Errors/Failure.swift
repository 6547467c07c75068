internal import HTTP
internal import JSON

/// An error as the Gale API answers it: an object with the one member `message` (contracts/gale.md 2).
struct Failure: Error, Equatable {
    var status: HTTPStatus
    /// A sentence; every limit is named.
    var message: String
    /// Seconds the client shall wait.
    var retryAfter: Int?

    init(_ status: HTTPStatus, _ message: String, retryAfter: Int? = nil) {
        self.status = status
        self.message = message
        self.retryAfter = retryAfter
    }

    static let notFound = Failure(.notFound, "Not found.")
    static let methodNotAllowed = Failure(.methodNotAllowed, "Method not allowed.")
    static let noAuthorization = Failure(.unauthorized, "Authorization header is missing.")
    static let noBearer = Failure(.badRequest, "Authorization must use the Bearer scheme.")
    static let invalidToken = Failure(.unauthorized, "Token is invalid.")
    static let invalidExpiry = Failure(.unauthorized, "Token expiry is invalid.")
    static let expiredToken = Failure(.unauthorized, "Token is expired.")
    static let notOwner = Failure(.forbidden, "Not the owner of this profile.")
    static let forbidden = Failure(.forbidden, "Forbidden.")
    static let invalidRefreshToken = Failure(.badRequest, "Invalid refresh token.")
    static let invalidProfileID = Failure(.badRequest, "Invalid profile id.")
    static let `internal` = Failure(.internalServerError, "Something went wrong.")

    /// - Parameter size: bytes of the archive; nil when the client has not told.
    static func tooLarge(limit: Int, size: Int?) -> Failure {
        let actual = size.map { "this one has \($0)" } ?? "this one has more"
        return Failure(.contentTooLarge, "Payload too large. A profile has at most \(limit) bytes, \(actual).")
    }

    /// The answer. Nothing of this API is kept by caches.
    var response: HTTPResponse {
        var response = HTTPResponse.json(Wire.object { $0.member("message", message) }, status: status)
        response.headers.set("Cache-Control", "no-store")
        if status == .unauthorized { response.headers.set("WWW-Authenticate", "Bearer") }
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        return response
    }
}
