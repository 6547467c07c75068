/// What a handler answers.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The fields; length, date and connection are added when it is sent.
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
}
