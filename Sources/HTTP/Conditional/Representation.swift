public import Primitives

/// What is known of a representation before its content is looked at, and the answer to a request for it.
public struct Representation: Sendable {
    /// The kind of content.
    public var contentType: String
    /// Bytes of the content.
    public var length: Int
    /// The version; nil when versions are not told apart.
    public var entityTag: EntityTag?
    /// When it changed last, if that is known.
    public var lastModified: Timestamp?

    /// A representation.
    public init(contentType: String, length: Int, entityTag: EntityTag? = nil, lastModified: Timestamp? = nil) {
        self.contentType = contentType
        self.length = length
        self.entityTag = entityTag
        self.lastModified = lastModified
    }

    /// The answer to GET or HEAD: 200, 206, 304, 412 or 416 (RFC 9110 13, 14).
    ///
    /// - Parameter content: the body with the bytes of a range; called for 200 and 206 only.
    public func response(to request: HTTPRequest, content: (Range<Int>) -> ResponseBody) -> HTTPResponse {
        var response = HTTPResponse()
        if let entityTag { response.headers.add("ETag", entityTag.headerValue) }
        if let lastModified { response.headers.add("Last-Modified", lastModified.httpDate) }
        switch Preconditions(request.headers).evaluate(method: request.method, entityTag: entityTag, lastModified: lastModified) {
        case .notModified:
            response.status = .notModified
            return response
        case .failed:
            response.status = .preconditionFailed
            return response
        case .proceed: break
        }
        response.headers.add("Accept-Ranges", "bytes")
        let range = RangeRequest(
            request.headers, method: request.method, length: length, entityTag: entityTag, lastModified: lastModified)
        switch range {
        case .whole:
            response.headers.add("Content-Type", contentType)
            response.body = content(0..<length)
        case .part(let part):
            response.status = .partialContent
            response.headers.add("Content-Type", contentType)
            response.headers.add("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(length)")
            response.body = content(part)
        case .unsatisfiable:
            response.status = .rangeNotSatisfiable
            response.headers.add("Content-Range", "bytes */\(length)")
        }
        return response
    }
}

extension HTTPResponse {
    /// Bytes that the client may have already, answered as `Representation` says.
    public static func conditional(
        _ bytes: [UInt8], contentType: String, entityTag: EntityTag?, lastModified: Timestamp? = nil, to request: HTTPRequest
    ) -> HTTPResponse {
        Representation(contentType: contentType, length: bytes.count, entityTag: entityTag, lastModified: lastModified)
            .response(to: request) { .bytes($0.count == bytes.count ? bytes : Array(bytes[$0])) }
    }
}
