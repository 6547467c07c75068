/// What a handler answers.
public struct HTTPResponse: Sendable {
    /// The status: 101 with an upgrade, one that has content with an endless body, otherwise 200 or more.
    public var status: HTTPStatus
    /// The fields. Date, Content-Length and Transfer-Encoding are added when it is sent and cannot be set here; `Connection: close` closes.
    public var headers: HTTPHeaders
    /// The content.
    public var body: ResponseBody

    /// A response.
    public init(status: HTTPStatus = .ok, headers: HTTPHeaders = HTTPHeaders(), body: ResponseBody = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Bytes of a kind.
    public static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPStatus = .ok) -> HTTPResponse {
        var response = HTTPResponse(status: status, body: .bytes(bytes))
        response.headers.add("Content-Type", contentType)
        return response
    }

    /// JSON that has been written already.
    public static func json(_ bytes: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        .bytes(bytes, contentType: "application/json", status: status)
    }

    /// Plain text.
    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        .bytes(Array(text.utf8), contentType: "text/plain; charset=utf-8", status: status)
    }

    /// The way to another place.
    ///
    /// - Parameters:
    ///   - location: a URI or an absolute path; one with control characters is left out.
    ///   - status: 301, 302, 303, 307 or 308.
    public static func redirect(to location: String, status: HTTPStatus = .seeOther) -> HTTPResponse {
        var response = HTTPResponse(status: status)
        response.headers.add("Location", location)
        return response
    }

    /// A sentence about an error, in plain text.
    public static func error(_ error: HTTPError) -> HTTPResponse {
        .text(error.message + "\n", status: error.status)
    }
}
