internal import Community
internal import HTTP

/// Links that people pass on: they open the program (contracts/gale.md 11).
struct DesktopRoute {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("/profile/sync/clone/:id", endpoints.open(clone))
    }

    @Sendable private func clone(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let code = request.parameters["id"].flatMap({ ProfileCode($0) }) else { throw Failure.invalidProfileID }
        // Who passes a link on sees what it is about; one that is gone says so in the program.
        let profile = try? await endpoints.community.profile(code)
        let name = profile.map { "\($0.manifest.name) by \($0.owner.displayName)" } ?? code.text
        let properties = [
            ("og:title", "Import sync profile"), ("og:description", code.text), ("og:type", "website"),
            ("og:site_name", endpoints.settings.serverName),
        ]
        return Page.opening(
            "gale://profile/sync/clone/\(code.text)", title: "Import sync profile", text: name,
            head: properties.map { "<meta property=\"\($0.0)\" content=\"\(Page.escape($0.1))\">" }.joined(separator: "\n"))
    }
}
