/// Lets pages of other origins use routes (the Fetch standard, "CORS protocol").
public struct CORSMiddleware: Middleware {
    /// Which origins may.
    public enum Origins: Sendable {
        /// All; for routes that take no cookies.
        case any
        /// Those named, with cookies.
        case listed([String])
    }

    private let origins: Origins
    private let methods: String
    private let headers: String
    private let exposedHeaders: String

    /// - Parameters:
    ///   - methods: what pages may use.
    ///   - headers: the request fields that pages may set.
    ///   - exposedHeaders: the response fields that pages may read.
    public init(origins: Origins, methods: [HTTPMethod], headers: [String], exposedHeaders: [String] = []) {
        self.origins = origins
        self.methods = methods.map(\.rawValue).joined(separator: ", ")
        self.headers = headers.joined(separator: ", ")
        self.exposedHeaders = exposedHeaders.joined(separator: ", ")
    }

    /// Answers a preflight itself and adds the fields to all other answers.
    public func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse {
        let isPreflight = request.method == .options
        var response = isPreflight ? HTTPResponse(status: .noContent) : try await next(request)
        switch origins {
        case .any: response.headers.set("Access-Control-Allow-Origin", "*")
        case .listed(let listed):
            response.headers.add("Vary", "Origin")
            guard let origin = request.headers[first: "origin"], listed.contains(origin) else { return response }
            response.headers.set("Access-Control-Allow-Origin", origin)
            response.headers.set("Access-Control-Allow-Credentials", "true")
        }
        if isPreflight {
            response.headers.set("Access-Control-Allow-Methods", methods)
            response.headers.set("Access-Control-Allow-Headers", headers)
            response.headers.set("Access-Control-Max-Age", "86400")
        } else if !exposedHeaders.isEmpty {
            response.headers.set("Access-Control-Expose-Headers", exposedHeaders)
        }
        return response
    }
}
