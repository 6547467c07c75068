/// The status of a response (RFC 9110 section 15).
public struct HTTPStatus: Hashable, Sendable {
    /// 100 to 599.
    public let code: Int
    /// The words after the code; clients do not look at them.
    public let reason: String

    /// A status. A reason with control characters is left out.
    public init(_ code: Int, _ reason: String) {
        self.code = code
        self.reason = FieldSyntax.isValue(reason.utf8) ? reason : ""
    }

    /// Statuses are the same when their codes are.
    public static func == (left: HTTPStatus, right: HTTPStatus) -> Bool {
        left.code == right.code
    }

    /// By the code.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
    }

    /// Whether a response of this status never has a body (RFC 9110 6.4.1).
    var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }
}

extension HTTPStatus {
    /// 101
    public static let switchingProtocols = HTTPStatus(101, "Switching Protocols")
    /// 200
    public static let ok = HTTPStatus(200, "OK")
    /// 201
    public static let created = HTTPStatus(201, "Created")
    /// 202
    public static let accepted = HTTPStatus(202, "Accepted")
    /// 204
    public static let noContent = HTTPStatus(204, "No Content")
    /// 206
    public static let partialContent = HTTPStatus(206, "Partial Content")
    /// 301
    public static let movedPermanently = HTTPStatus(301, "Moved Permanently")
    /// 302
    public static let found = HTTPStatus(302, "Found")
    /// 303
    public static let seeOther = HTTPStatus(303, "See Other")
    /// 304
    public static let notModified = HTTPStatus(304, "Not Modified")
    /// 307
    public static let temporaryRedirect = HTTPStatus(307, "Temporary Redirect")
    /// 308
    public static let permanentRedirect = HTTPStatus(308, "Permanent Redirect")
    /// 400
    public static let badRequest = HTTPStatus(400, "Bad Request")
    /// 401
    public static let unauthorized = HTTPStatus(401, "Unauthorized")
    /// 403
    public static let forbidden = HTTPStatus(403, "Forbidden")
    /// 404
    public static let notFound = HTTPStatus(404, "Not Found")
    /// 405
    public static let methodNotAllowed = HTTPStatus(405, "Method Not Allowed")
    /// 408
    public static let requestTimeout = HTTPStatus(408, "Request Timeout")
    /// 409
    public static let conflict = HTTPStatus(409, "Conflict")
    /// 410
    public static let gone = HTTPStatus(410, "Gone")
    /// 412
    public static let preconditionFailed = HTTPStatus(412, "Precondition Failed")
    /// 413
    public static let contentTooLarge = HTTPStatus(413, "Content Too Large")
    /// 414
    public static let uriTooLong = HTTPStatus(414, "URI Too Long")
    /// 415
    public static let unsupportedMediaType = HTTPStatus(415, "Unsupported Media Type")
    /// 416
    public static let rangeNotSatisfiable = HTTPStatus(416, "Range Not Satisfiable")
    /// 417
    public static let expectationFailed = HTTPStatus(417, "Expectation Failed")
    /// 422
    public static let unprocessableContent = HTTPStatus(422, "Unprocessable Content")
    /// 426
    public static let upgradeRequired = HTTPStatus(426, "Upgrade Required")
    /// 429
    public static let tooManyRequests = HTTPStatus(429, "Too Many Requests")
    /// 431
    public static let headerFieldsTooLarge = HTTPStatus(431, "Request Header Fields Too Large")
    /// 500
    public static let internalServerError = HTTPStatus(500, "Internal Server Error")
    /// 501
    public static let notImplemented = HTTPStatus(501, "Not Implemented")
    /// 502
    public static let badGateway = HTTPStatus(502, "Bad Gateway")
    /// 503
    public static let serviceUnavailable = HTTPStatus(503, "Service Unavailable")
    /// 505
    public static let versionNotSupported = HTTPStatus(505, "HTTP Version Not Supported")
}
