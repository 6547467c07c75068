internal import Community
internal import HTTP
internal import JSON

/// The caller with the own profiles (contracts/gale.md 7.6).
struct UserRoute {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.get("", endpoints.signedIn(me))
    }

    @Sendable private func me(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> HTTPResponse {
        let owner = try await endpoints.community.profileOwner(caller.account)
        let profiles = try await endpoints.community.profiles(of: caller.account)
        return .json(
            Wire.object(capacity: 256 + profiles.count * 192) { json in
                Wire.user(owner, hasTextIDs: true, to: &json)
                json.member("profiles", array: { json in for profile in profiles { json.object { Wire.listed(profile, to: &$0) } } })
            })
    }
}
