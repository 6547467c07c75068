internal import HTTP

/// Gives what no handler has answered, such as OPTIONS, the header fields that all answers have (contracts/cosmos.md 5.2, 10).
struct AnswerCompletion: Middleware {
    func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse {
        var response = try await next(request)
        if response.headers[first: "cosmos-version"] == nil { Endpoints.complete(&response, version: VersionPolicy.current) }
        return response
    }
}
