internal import Community
internal import HTTP
internal import Primitives

/// Channels themselves (contracts/dawchat.md 2, rows 11 to 14).
struct ChannelRoutes {
    /// Characters of a name, after trimming (1.3); other APIs allow more.
    private static let nameLength = 4...32

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/create", endpoints.signedIn(create))
        router.get("/info", endpoints.signedIn(info))
        router.post("/rename", endpoints.signedIn(rename))
        router.get("/search", endpoints.signedIn(search))
    }

    @Sendable private func create(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let name = try form.text("channelName")
        guard let type = ChannelType(rawValue: try form.text("channelType")) else {
            throw Problem.invalid("channelType: must be public or private.")
        }
        let membership = try await endpoints.community.createHomeChannel(
            by: session.account.id, name: try Self.checked(name), isPublic: type == .public)
        return .json(Wire.object { Wire.userChannel(membership, to: &$0) }, status: .created)
    }

    @Sendable private func info(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let channel = ChannelID(try request.identifier("channelId"))
        let membership = try await endpoints.community.membership(of: session.account.id, in: channel)
        return .json(Wire.object { Wire.userChannel(membership, to: &$0) })
    }

    @Sendable private func rename(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        let form = try await RequestForm(request, limit: endpoints.settings.bodyLimit)
        let (channel, name) = (ChannelID(try form.identifier("channelId")), try form.text("name"))
        try await endpoints.community.renameChannel(channel, by: session.account.id, to: try Self.checked(name))
        return HTTPResponse()
    }

    @Sendable private func search(_ request: HTTPRequest, _ session: ActiveSession) async throws -> HTTPResponse {
        guard let keyword = request.query[first: "keyword"] else { throw Problem.invalid("keyword is missing.") }
        let channels = try await endpoints.community.searchChannels(keyword)
        return .json(Wire.list("results", channels) { Wire.channel($0, to: &$1) })
    }

    private static func checked(_ name: String) throws(Problem) -> String {
        let name = name.trimmed
        guard nameLength.contains(name.unicodeScalars.count) else { throw Problem(.invalidChannelName) }
        return name
    }
}
