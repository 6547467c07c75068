internal import Community
internal import HTTP
internal import JSON

/// Who follows whom (contracts/reileta.md 2.3, "follow system").
struct FollowRoutes {
    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        router.get("/users/:me/follows", endpoints.route(.user) { try await list($0, areFollowers: false) })
        router.get("/users/:me/followers", endpoints.route(.user) { try await list($0, areFollowers: true) })
        router.put("/users/:me/follows/:id", endpoints.route(.user, follow))
        router.delete("/users/:me/follows/:id", endpoints.route(.user, unfollow))
    }

    /// The caller, who has to be the one that the path names.
    private func caller(_ context: Endpoints.Context) throws(Failure) -> AccountID {
        let caller = try context.required().account.id
        let name = ObjectName(context.parameter("me")).text
        guard name == "@me" || endpoints.identity.account(name) == caller else {
            throw Failure(.userDontHavePermission, "Only one's own.")
        }
        return caller
    }

    @Sendable private func list(_ context: Endpoints.Context, areFollowers: Bool) async throws -> HTTPResponse {
        let caller = try caller(context)
        let list = ListQuery(context.request)
        let page = try await endpoints.community.follows(of: caller, areFollowers: areFollowers, list.window)
        return context.answer(capacity: 1_024 * (page.items.count + 1)) { json in
            list.write(page, as: areFollowers ? "followers" : "follows", to: &json, write)
        }
    }

    @Sendable private func follow(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try caller(context)
        let follow = try await endpoints.community.follow(try await users.person(context).id, by: caller)
        return context.answer { write(follow, &$0) }
    }

    @Sendable private func unfollow(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try caller(context)
        try await endpoints.community.unfollow(try await users.person(context).id, by: caller)
        return context.answer { $0.value("DELETED") }
    }

    private func write(_ follow: Follow, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", endpoints.identity.identifiers.text(.follow, follow.id))
            json.key("from")
            endpoints.wire.user(follow.follower, to: &json)
            json.key("to")
            endpoints.wire.user(follow.followee, to: &json)
            json.member("created_at", follow.createdAt.wireMilliseconds)
        }
    }
}
