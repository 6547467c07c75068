/// A parsed head: request line, fields, and what they say about the body and the connection.
struct RequestHead: Sendable {
    /// How the length of a body is known (RFC 9112 section 6).
    enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    var method: HTTPMethod
    /// The second number of the version: 0 or 1.
    var minorVersion: Int
    /// In origin form, or `*`.
    var target: String
    /// The end of the path in the target, in UTF-8.
    var pathLength: Int
    var headers: RequestHeaders
    /// Where the host stands in the bytes of the headers.
    var host: Range<Int32>?
    var framing: Framing
    /// Whether the connection may serve another request after this one.
    var keepsAlive: Bool
    /// Whether the client waits for 100 before it sends the body.
    var expectsContinue: Bool
    /// Whether the client asks for another protocol: what follows may not be HTTP.
    var asksForUpgrade: Bool

    /// The path of the target, as it was sent.
    var path: String {
        pathLength == target.utf8.count ? target : String(decoding: target.utf8.prefix(pathLength), as: UTF8.self)
    }
}
