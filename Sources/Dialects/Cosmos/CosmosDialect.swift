internal import Dialect
internal import Federation
public import HTTP

/// The Cosmos API: galaxies under a metadata server, signed requests, permissions and webhooks (contracts/cosmos.md).
public struct CosmosDialect: Sendable {
    /// What its paths begin with.
    public static let prefixes =
        ["/meta", "/galaxy", "/v1", "/session", "/operators", "/webhooks", "/hooks", "/.well-known"] + InboundMount.discordPaths

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
        var versioned = endpoints
        versioned.prefix = 1
        router.group("/v1") { group in
            prepare(&group, versioned)
            mountAPI(on: &group, versioned, plural: true)
        }
        router.group("/.well-known") { group in
            prepare(&group, endpoints)
            WellKnownRoutes(endpoints: endpoints).mount(on: &group)
        }
        // Servers have no pages: no other origin may use these.
        for (prefix, endpoints) in [("", endpoints), ("/v1", versioned)] {
            router.group("\(prefix)/webhooks") { group in
                refuse(&group, endpoints)
                MetadataEventRoute(endpoints: endpoints).mount(on: &group)
                InboundMount(endpoints: endpoints).mountWebhooks(on: &group)
            }
            router.group("\(prefix)/hooks") { group in
                refuse(&group, endpoints)
                InboundMount(endpoints: endpoints).mountHooks(on: &group)
            }
        }
        for path in InboundMount.discordPaths {
            router.group(path) { group in
                refuse(&group, endpoints)
                InboundMount(endpoints: endpoints).mountWebhooks(on: &group)
            }
        }
    }

    private func mountAPI(on router: inout RouteGroup, _ endpoints: Endpoints, plural: Bool = false) {
        router.group("/meta") { group in
            prepare(&group, endpoints)
            MetaRoute(endpoints: endpoints).mount(on: &group)
        }
        for path in plural ? ["/galaxy", "/galaxies"] : ["/galaxy"] {
            router.group(path) { group in
                prepare(&group, endpoints)
                GalaxyRoutes(endpoints: endpoints).mount(on: &group)
                ChannelRoutes(endpoints: endpoints).mount(on: &group)
                PermissionRoutes(endpoints: endpoints).mount(on: &group)
                MemberRoutes(endpoints: endpoints).mount(on: &group)
                WebhookRoutes(endpoints: endpoints).mount(on: &group)
                EndpointRoutes(endpoints: endpoints).mount(on: &group)
            }
        }
        for path in ["/session", "/operators"] {
            router.group(path) { group in
                prepare(&group, endpoints)
                let routes = SessionRoutes(endpoints: endpoints)
                path == "/session" ? routes.mountSessions(on: &group) : routes.mountOperators(on: &group)
            }
        }
    }

    /// The answer to what was not understood as a request, below one of the prefixes.
    public static func errorResponse(_ error: HTTPError) -> HTTPResponse {
        var response = Problem(http: error).response
        Endpoints.complete(&response, version: VersionPolicy.current)
        return response
    }

    private func prepare(_ group: inout RouteGroup, _ endpoints: Endpoints) {
        group.use(AnswerCompletion())
        group.use(crossOrigin)
        refuse(&group, endpoints)
    }

    /// Answers what has no handler in the shape of the API.
    private func refuse(_ group: inout RouteGroup, _ endpoints: Endpoints) {
        group.notFound = endpoints.refusal(Problem(.unknownRoute))
        group.methodNotAllowed = endpoints.refusal(Problem(.methodNotAllowed))
    }

    /// `/v2/…` is a version that is not served, not an unknown path.
    private func refuseOtherVersions(_ router: inout RouteGroup) {
        let (outer, endpoints) = (router.notFound, endpoints)
        router.notFound = { request in
            guard let refusal = endpoints.versions.refusal(of: request.path, at: endpoints.services.shared.clock()) else {
                return try await outer(request)
            }
            return try await endpoints.refusal(refusal)(request)
        }
    }
}
