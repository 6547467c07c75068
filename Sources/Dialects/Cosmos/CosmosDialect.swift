internal import Dialect
internal import Federation
public import HTTP

/// The Cosmos API: galaxies under a metadata server, signed requests, permissions and webhooks (contracts/cosmos.md).
public struct CosmosDialect: Sendable {
    /// What its paths begin with.
    public static let prefixes = ["/meta", "/galaxy", "/v1", "/session", "/operators", "/webhooks", "/hooks"]

    private let endpoints: Endpoints
    private let crossOrigin = CORSMiddleware(
        origins: .any, methods: [.get, .post, .put, .patch, .delete], headers: ["authorization", "content-type", "cosmos-version", "dpop"],
        exposedHeaders: ["cosmos-version", "deprecation", "sunset", "link", "retry-after", "www-authenticate", "location"], maximumAge: 600)

    /// The dialect over the services of the house.
    public init(services: CosmosServices, settings: CosmosSettings) {
        endpoints = Endpoints(services: services, settings: settings)
    }

    /// Adds all routes of the dialect.
    public func mount(on router: inout RouteGroup) {
        refuseOtherVersions(&router)
        router.group("") { group in mountAPI(on: &group, endpoints) }
        router.group("/v1") { group in
            var versioned = endpoints
            versioned.prefix = 1
            prepare(&group)
            mountAPI(on: &group, versioned, plural: true)
        }
        router.group("/.well-known") { group in
            group.use(crossOrigin)
            WellKnownRoutes(endpoints: endpoints).mount(on: &group)
        }
        // Servers have no pages: no other origin may use these.
        MetadataEventRoute(endpoints: endpoints).mount(on: &router)
    }

    private func mountAPI(on router: inout RouteGroup, _ endpoints: Endpoints, plural: Bool = false) {
        router.group("/meta") { group in
            prepare(&group)
            MetaRoute(endpoints: endpoints).mount(on: &group)
        }
        for path in plural ? ["/galaxy", "/galaxies"] : ["/galaxy"] {
            router.group(path) { group in
                prepare(&group)
                GalaxyRoutes(endpoints: endpoints).mount(on: &group)
                ChannelRoutes(endpoints: endpoints).mount(on: &group)
                PermissionRoutes(endpoints: endpoints).mount(on: &group)
                MemberRoutes(endpoints: endpoints).mount(on: &group)
            }
        }
        for path in ["/session", "/operators"] {
            router.group(path) { group in
                prepare(&group)
                let routes = SessionRoutes(endpoints: endpoints)
                path == "/session" ? routes.mountSessions(on: &group) : routes.mountOperators(on: &group)
            }
        }
    }

    /// The answer to what was not understood as a request, below one of the prefixes.
    public static func errorResponse(_ error: HTTPError) -> HTTPResponse {
        Problem(http: error).response
    }

    private func prepare(_ group: inout RouteGroup) {
        group.use(crossOrigin)
        group.notFound = { _ in Problem(.unknownRoute).response }
        group.methodNotAllowed = { _ in Problem(.methodNotAllowed).response }
    }

    /// `/v2/…` is a version that is not served, not an unknown path.
    private func refuseOtherVersions(_ router: inout RouteGroup) {
        let (outer, versions, clock) = (router.notFound, endpoints.versions, endpoints.services.shared.clock)
        router.notFound = { request in
            guard let refusal = versions.refusal(of: request.path, at: clock()) else { return try await outer(request) }
            return refusal.response
        }
    }
}
