internal import HTTP

/// Where webhooks are posted to (contracts/cosmos.md 9.2 to 9.6).
struct InboundMount {
    /// Where programs post that were made for Discord, beside `/webhooks`.
    static let discordPaths = ["/api/webhooks"] + (1...12).map { "/api/v\($0)/webhooks" }

    let endpoints: Endpoints

    /// - Parameter router: below `/webhooks`.
    func mountWebhooks(on router: inout RouteGroup) {
        DiscordRoutes(endpoints: endpoints).mount(on: &router)
        SlackRoutes(endpoints: endpoints).mountSlack(on: &router)
        GitHubRoute(endpoints: endpoints).mount(on: &router)
    }

    /// - Parameter router: below `/hooks`.
    func mountHooks(on router: inout RouteGroup) {
        SlackRoutes(endpoints: endpoints).mountMattermost(on: &router)
    }
}
