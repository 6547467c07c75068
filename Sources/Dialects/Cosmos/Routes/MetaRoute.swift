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
    }

    @Sendable private func meta(_ request: HTTPRequest) async throws -> HTTPResponse {
        let settings = endpoints.settings
        let keys = endpoints.federation.serverKeys.current().published
        return .json(
            Wire.object(capacity: 1_024) { json in
                json.member("v", VersionPolicy.current)
                Wire.time("startedAt", settings.startedAt, to: &json)
                json.member("versions") { json in for version in VersionPolicy.served { json.value(version) } }
                Wire.time("serverTime", endpoints.services.shared.clock(), to: &json)
                json.member("server", settings.origin.text)
                json.member("serverId") { json in for key in keys { json.value(key.thumbprint) } }
                if let software = settings.software {
                    json.member("software") { json in
                        json.member("name", "Roost")
                        json.member("version", software)
                    }
                }
                json.member("features") { json in for feature in Self.features { json.value(feature) } }
                authentication(to: &json)
                json.member("limits") { json in
                    json.member("maxGalaxies", settings.maximumGalaxies)
                    json.member("maxChannelsPerGalaxy", Self.channelLimit)
                    json.member("maxBodyBytes", Endpoints.bodyLimit)
                }
                json.member("deprecations") { json in
                    for end in settings.deprecations {
                        json.object { json in
                            json.member("v", end.version)
                            Wire.time("deprecatedAt", end.deprecatedAt, to: &json)
                            Wire.time("sunsetAt", end.sunsetAt, to: &json)
                            json.member("link", end.link)
                        }
                    }
                }
            })
    }

    private static let features = ["session", "claims", "webhooks.in", "webhooks.in.slack", "webhooks.in.github", "webhooks.out", "dpop"]
    private static let channelLimit = 500

    private func authentication(to json: inout JSONWriter) {
        json.member("auth") { json in
            json.member("issuers") { json in for issuer in endpoints.settings.issuers { json.value(issuer) } }
            json.member("typ", "cosmos-id+jwt")
            json.member("s2s", "cosmos-s2s-v1")
        }
    }
}
