internal import Community
internal import Federation
internal import HTTP
internal import Primitives

/// Members of galaxies (contracts/cosmos.md 7, "Small extensions"). Who is one is decided by the metadata server.
struct MemberRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        let list = "/:galaxy_id/members"
        router.get(list, endpoints.identified(self.list))
        router.put("\(list)/:user_id", endpoints.signed(add))
        router.delete("\(list)/:user_id", endpoints.identified(remove))
    }

    @Sendable private func list(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let query = call.request.query
        let limit = try query[first: "limit"].map { text throws(Problem) in
            guard let number = Int(text), (1...1_000).contains(number) else { throw .invalid("/limit", "Must be 1 to 1000.") }
            return number
        }
        let members = try await endpoints.community.galaxyMembers(
            of: id, for: call.caller.viewer(of: id), after: query[first: "after"], limit: limit ?? 1_000)
        return .json(Wire.list(members) { Wire.member($0, to: &$1) })
    }

    @Sendable private func add(_ call: Endpoints.Call, _ server: MetadataServer) async throws -> HTTPResponse {
        let userID = try call.userID
        let isNew = try await endpoints.community.addGalaxyMember(userID, to: call.parameter("galaxy_id"), by: server.origin)
        return HTTPResponse(status: isNew ? .created : .noContent)
    }

    @Sendable private func remove(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let actor = try await endpoints.actor(call, in: id)
        try await endpoints.community.removeGalaxyMember(try call.userID, from: id, by: actor)
        return HTTPResponse(status: .noContent)
    }
}

extension Endpoints.Call {
    /// The person that the path names.
    fileprivate var userID: String {
        get throws(Problem) {
            let id = parameter("user_id")
            guard OpaqueIdentifier.isValid(id) else { throw .invalid("/userId", "Must be 1 to 64 of A-Z a-z 0-9 - _.") }
            return id
        }
    }
}
