internal import HTTP

/// Where webhooks are posted to (contracts/cosmos.md 9.2 to 9.6). No other origin may use these: there is no CORS.
struct InboundMount {
    /// Versions of Discord's API that programs have in their paths.
    private static let discordVersions = 1...12

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let paths = ["/webhooks", "/v1/webhooks", "/api/webhooks"] + Self.discordVersions.map { "/api/v\($0)/webhooks" }
        for path in paths {
            router.group(path) { group in
                prepare(&group)
                DiscordRoutes(endpoints: endpoints).mount(on: &group)
                SlackRoutes(endpoints: endpoints).mountSlack(on: &group)
                GitHubRoute(endpoints: endpoints).mount(on: &group)
            }
        }
        for path in ["/hooks", "/v1/hooks"] {
            router.group(path) { group in
                prepare(&group)
                SlackRoutes(endpoints: endpoints).mountMattermost(on: &group)
            }
        }
    }

    private func prepare(_ group: inout RouteGroup) {
        group.notFound = { _ in Problem(.unknownRoute).response }
        group.methodNotAllowed = { _ in Problem(.methodNotAllowed).response }
    }
}
