/// Lets pages of other origins use routes (the Fetch standard, "CORS protocol").
public struct CORSMiddleware: Middleware {
    /// Which origins may.
    public enum Origins: Sendable {
        /// All; for routes that take no cookies.
        case any
        /// Those named (`https://app.example`), with cookies.
        case listed([String])
    }

    private let origins: Origins
    private let methods: String
    private let headers: String
    private let exposedHeaders: String
    private let maximumAge: Int

    /// - Parameters:
    ///   - methods: what pages may use.
    ///   - headers: the request fields that pages may set.
    ///   - exposedHeaders: the response fields that pages may read.
    ///   - maximumAge: seconds for which a browser may remember the answer to a preflight.
    public init(
        origins: Origins, methods: [HTTPMethod], headers: [String], exposedHeaders: [String] = [], maximumAge: Int = 86_400
    ) {
        self.origins = origins
        self.methods = methods.map(\.rawValue).joined(separator: ", ")
        self.headers = headers.joined(separator: ", ")
        self.exposedHeaders = exposedHeaders.joined(separator: ", ")
        self.maximumAge = maximumAge
    }

    /// Answers a preflight itself and adds the fields to all other answers. What a handler throws is answered further out, without them: turn
    /// it into an answer before.
    public func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse {
        let isPreflight = request.method == .options && request.headers.contains("access-control-request-method")
        var response = isPreflight ? HTTPResponse(status: .noContent) : try await next(request)
        guard allowOrigin(of: request, in: &response.headers) else { return response }
        if isPreflight {
            response.headers.set("Access-Control-Allow-Methods", methods)
            response.headers.set("Access-Control-Allow-Headers", headers)
            response.headers.set("Access-Control-Max-Age", String(maximumAge))
        } else if !exposedHeaders.isEmpty {
            response.headers.set("Access-Control-Expose-Headers", exposedHeaders)
        }
        return response
    }

    /// - Returns: whether the origin may use the route; a browser keeps the answer from a page whose origin may not.
    private func allowOrigin(of request: HTTPRequest, in headers: inout HTTPHeaders) -> Bool {
        switch origins {
        case .any:
            headers.set("Access-Control-Allow-Origin", "*")
            return true
        case .listed(let listed):
            // Also without the field: a cache must not give one origin what was meant for another.
            headers.add("Vary", "Origin")
            guard let origin = request.headers[first: "origin"], listed.contains(origin) else { return false }
            headers.set("Access-Control-Allow-Origin", origin)
            headers.set("Access-Control-Allow-Credentials", "true")
            return true
        }
    }
}
