internal import Community
internal import Dialect
internal import HTTP
internal import Primitives

/// The archives of profiles as files (contracts/gale.md 7.4).
struct ArchiveRoute {
    /// Where they stand below a mount.
    static let path = "/cdn/profile"

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/profile/:file", endpoints.open(archive))
    }

    @Sendable private func archive(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let file = request.parameters["file"], file.hasSuffix(".zip"), let code = ProfileCode(fileName: String(file.dropLast(4)))
        else {
            throw Failure.notFound
        }
        let profile = try await endpoints.community.profile(code)
        var response = try await endpoints.services.archives.answer(request, profile.archive)
        response.headers.set("Cache-Control", isSettled(profile, request) ? "public, max-age=31536000, immutable" : "no-cache")
        response.headers.set("Content-Disposition", "attachment; filename=\"\(code.fileName).zip\"")
        return response
    }

    /// Whether the address means this archive for ever: it names the second of the change, and no other change can fall into that second any more.
    private func isSettled(_ profile: Profile, _ request: HTTPRequest) -> Bool {
        request.query[first: "v"] == String(profile.updatedAt.seconds)
            && profile.updatedAt.seconds < endpoints.services.shared.clock().seconds
    }
}
