internal import Community
internal import Federation
internal import HTTP
internal import Security

/// This server's keys, and what it answers for (contracts/cosmos.md 3.5, 4).
struct WellKnownRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/jwks.json", endpoints.plain(keys))
        router.get("/cosmos/challenge/:token", endpoints.plain(challenge))
    }

    @Sendable private func keys(_ request: HTTPRequest) async throws -> HTTPResponse {
        var response = HTTPResponse.bytes(
            JSONWebKeySet.document(endpoints.federation.serverKeys.current().published), contentType: "application/jwk-set+json")
        response.headers.set("Cache-Control", "public, max-age=3600")
        return response
    }

    @Sendable private func challenge(_ request: HTTPRequest) async throws -> HTTPResponse {
        let token = request.parameters["token"] ?? ""
        guard try await endpoints.community.isChallenge(token) else { throw Problem(.unknownRoute) }
        return .text("\(token).\(endpoints.federation.serverKeys.current().signing.publicKey.thumbprint)")
    }
}
