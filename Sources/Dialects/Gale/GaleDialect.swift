internal import Dialect
public import HTTP

/// The Gale API: mod profiles that a desktop program pushes and pulls (contracts/gale.md), at the root, below `/api` and below `/gale/api`.
public struct GaleDialect: Sendable {
    /// What all its paths begin with.
    public static let prefixes = Flavour.all.flatMap { flavour in groups.map { flavour.prefix + $0 } }

    private static let groups = ["/auth", "/profile", "/user/me", "/socket", "/desktop", "/cdn"]

    private let services: GaleServices
    private let settings: GaleSettings
    private let discord: DiscordClient?
    private let sockets: ProfileSockets

    /// The dialect over the services of the house.
    public init(services: GaleServices, settings: GaleSettings) {
        self.services = services
        self.settings = settings
        discord = settings.discord.map { DiscordClient($0, sender: services.sender, addressGuard: services.addressGuard) }
        sockets = ProfileSockets(services.shared)
    }

    /// Adds all routes of the dialect.
    public func mount(on router: inout RouteGroup) {
        let tokens = ProfileTokenCodec(key: settings.tokenKey)
        for flavour in Flavour.all {
            let endpoints = Endpoints(services: services, settings: settings, tokens: tokens, flavour: flavour)
            group("/auth", endpoints, on: &router) { group in
                AuthRoutes(endpoints: endpoints, discord: discord).mount(on: &group)
                if discord == nil { SignInRoutes(endpoints: endpoints).mount(on: &group) }
            }
            group("/profile", endpoints, on: &router) { ProfileRoutes(endpoints: endpoints).mount(on: &$0) }
            group("/user/me", endpoints, on: &router) { UserRoute(endpoints: endpoints).mount(on: &$0) }
            group("/socket", endpoints, on: &router) { SocketRoute(endpoints: endpoints, sockets: sockets).mount(on: &$0) }
            group("/desktop", endpoints, on: &router) { DesktopRoute(endpoints: endpoints).mount(on: &$0) }
            group("/cdn", endpoints, on: &router) { ArchiveRoute(endpoints: endpoints).mount(on: &$0) }
        }
    }

    /// A group whose paths are all this API's, unknown ones too.
    private func group(_ path: String, _ endpoints: Endpoints, on router: inout RouteGroup, _ build: (inout RouteGroup) -> Void) {
        router.group(endpoints.flavour.prefix + path) { group in
            group.notFound = endpoints.refusal(.notFound)
            group.methodNotAllowed = endpoints.refusal(.methodNotAllowed)
            build(&group)
        }
    }

    /// Closes all sockets.
    public func drain() {
        sockets.drain()
    }

    /// Sockets that are open.
    public var socketCount: Int { sockets.count }

    /// The answer to what was not understood as a request, below one of the prefixes.
    public static func errorResponse(_ error: HTTPError) -> HTTPResponse {
        Failure(http: error).response
    }
}
