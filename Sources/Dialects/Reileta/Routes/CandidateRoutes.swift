internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// Asking to come into an instance, and deciding who does (contracts/reileta.md 3.5).
struct CandidateRoutes {
    let endpoints: Endpoints
    let users: UserAnswers
    let places: InstancePlaces

    func mount(on router: inout RouteGroup) {
        router.get("/instances/:id/queue", endpoints.route(.instance, elsewhere: .act(.either(.candidate)), list))
        router.get("/instances/:id/candidate", endpoints.route(.instance, elsewhere: .act(.either(.candidate)), list))
        router.post("/instances/:id/candidate", endpoints.route(.instance, elsewhere: .act(.candidate), ask))
        router.delete("/instances/:id/candidate", endpoints.route(.instance, elsewhere: .act(nil), withdraw))
    }

    /// Those who decide see all of whom something may come still, others what became of themselves.
    @Sendable private func list(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        let instance = try await endpoints.instance(of: context)
        let id = endpoints.identity.instance(instance)
        guard instance.role(of: caller).decides else {
            let own = try await endpoints.community.candidacy(of: caller.id, in: instance.id)
            return context.answer { json in
                json.object { json in
                    json.member("total", own.queued)
                    guard let candidate = own.candidate else { return }
                    if let position = candidate.position { json.member("position", position) }
                    json.key("candidate")
                    context.wire.candidate(candidate, of: id, to: &json)
                }
            }
        }
        let list = ListQuery(context.request)
        let page = try await endpoints.community.candidates(of: instance.id, for: caller.id, list.window)
        return context.answer(capacity: 512 * (page.items.count + 1)) { json in
            list.write(page, as: "candidates", to: &json) { context.wire.candidate($0, of: id, to: &$1) }
        }
    }

    @Sendable private func ask(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        let instance = try await endpoints.instance(of: context)
        var form = try await context.form()
        let (user, state) = (form.text("user"), form.text("state"))
        let (message, password) = (form.text("message"), form.text("password"))
        if let state, state != Candidate.State.accepted.name, state != Candidate.State.refused.name {
            form.refuse("state", "Must be accepted or refused.")
        }
        if let password, password.unicodeScalars.count > Limits.instancePassword.upperBound {
            form.refuse("password", "Must be at most \(Limits.instancePassword.upperBound) characters.")
        }
        if state != nil, user == nil { form.refuse("user", "Is missing.") }
        try form.check(.instanceInvalidInput)
        if let user, let state {
            let accepts = state == Candidate.State.accepted.name
            return try await decide(user, accepts: accepts, instance, caller, context)
        }
        if let user {
            guard try await users.account(named: user) == caller.id else {
                throw Failure(.instanceInvalidInput, "state: Is missing: nobody asks for others.")
            }
        }
        guard try await !endpoints.community.standing(of: caller.id, in: instance.id).isBanned else {
            throw CommunityError.bannedFromInstance
        }
        let isAdmitted = try await InstanceAdmission(endpoints: endpoints).admits(caller, to: instance, password: password)
        let candidate = try await places.ask(caller.id, into: instance, message: message, isAdmitted: isAdmitted)
        return answer(candidate, instance, context)
    }

    private func decide(
        _ user: String, accepts: Bool, _ instance: Instance, _ caller: Account, _ context: Endpoints.Context
    ) async throws -> HTTPResponse {
        guard instance.role(of: caller).decides else { throw Failure(.userDontHavePermission) }
        guard let account = try await users.account(named: user) else { throw Failure(.userNotFound) }
        let candidate: Candidate
        if accepts {
            candidate = try await places.accept(account, into: instance, by: caller.id)
        } else {
            candidate = try await endpoints.community.refuseCandidate(account, of: instance.id, by: caller.id)
            await places.giveUp(account, in: instance.id)
        }
        return answer(candidate, instance, context)
    }

    @Sendable private func withdraw(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.anybody()
        let instance = try await endpoints.instance(of: context)
        var form = try await context.form()
        let user = form.text("user") ?? context.request.query[first: "user"].flatMap { $0.isEmpty ? nil : $0 }
        try form.check(.instanceInvalidInput)
        var account = caller.id
        if let user {
            let named = try await users.account(named: user)
            // Others than those who decide learn nothing of who there is.
            guard named == caller.id || instance.role(of: caller).decides else { throw Failure(.userDontHavePermission) }
            guard let named else { throw Failure(.userNotFound) }
            account = named
        }
        try await endpoints.community.withdrawCandidate(account, from: instance.id, by: caller.id)
        await places.giveUp(account, in: instance.id)
        return context.answer { $0.value("DELETED") }
    }

    private func answer(_ candidate: Candidate, _ instance: Instance, _ context: Endpoints.Context) -> HTTPResponse {
        context.answer { context.wire.candidate(candidate, of: endpoints.identity.instance(instance), to: &$0) }
    }
}
