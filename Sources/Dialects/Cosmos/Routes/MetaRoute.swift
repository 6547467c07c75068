internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// What this server is, and what it speaks (contracts/cosmos.md 5.1).
struct MetaRoute {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("", endpoints.plain(meta))
        router.get("/openapi.yaml", APIDocument.cosmos.handler)
    }

    @Sendable private func meta(_ request: HTTPRequest) async throws -> HTTPResponse {
        let settings = endpoints.settings
        let keys = endpoints.federation.serverKeys.current().published
        return .json(
            Wire.object(capacity: 1_024) { json in
                json.member("v", VersionPolicy.current)
                Wire.time("startedAt", settings.startedAt, to: &json)
                json.member("versions", array: { json in for version in VersionPolicy.served { json.value(version) } })
                Wire.time("serverTime", endpoints.services.shared.clock(), to: &json)
                json.member("server", settings.origin.text)
                json.member("serverId", array: { json in for key in keys { json.value(key.thumbprint) } })
                if let software = settings.software { json.member("software", object: { Self.software(software, to: &$0) }) }
                json.member("features", array: { json in for feature in Self.features { json.value(feature) } })
                json.member("auth", object: authentication)
                json.member("limits", object: limits)
                json.member("deprecations", array: deprecations)
            })
    }

    private static let features = ["session", "claims", "webhooks.in", "webhooks.in.slack", "webhooks.in.github", "webhooks.out", "dpop"]

    private static func software(_ version: String, to json: inout JSONWriter) {
        json.member("name", "Roost")
        json.member("version", version)
    }

    private func authentication(to json: inout JSONWriter) {
        json.member("issuers", array: { json in for issuer in endpoints.settings.issuers { json.value(issuer) } })
        json.member("typ", "cosmos-id+jwt")
        json.member("s2s", "cosmos-s2s-v1")
    }

    private func limits(to json: inout JSONWriter) {
        json.member("maxGalaxies", endpoints.settings.maximumGalaxies)
        json.member("maxChannelsPerGalaxy", Limits.channelsPerSpace)
        json.member("maxBodyBytes", Endpoints.bodyLimit)
    }

    private func deprecations(to json: inout JSONWriter) {
        for end in endpoints.settings.deprecations {
            json.object { json in
                json.member("v", end.version)
                Wire.time("deprecatedAt", end.deprecatedAt, to: &json)
                Wire.time("sunsetAt", end.sunsetAt, to: &json)
                json.member("link", end.link)
            }
        }
    }
}
