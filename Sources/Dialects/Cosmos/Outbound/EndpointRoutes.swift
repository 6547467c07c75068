internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives
internal import Security
internal import Webhooks

/// Outgoing webhooks of a galaxy (contracts/cosmos.md 8.1), for those who may manage them there.
struct EndpointRoutes {
    /// Endpoints that somebody makes or tests in an hour.
    private static let probes = RateLimit(name: "cosmos-webhooks", capacity: 60, per: .seconds(3_600))

    let endpoints: Endpoints

    private var engine: WebhookEngine { endpoints.services.webhooks }

    func mount(on router: inout RouteGroup) {
        let list = "/:galaxy_id/webhooks"
        router.post(list, managed(create))
        router.get(list, managed(self.list))
        router.get("\(list)/:webhook_id", managed(show))
        router.patch("\(list)/:webhook_id", managed(update))
        router.delete("\(list)/:webhook_id", managed(remove))
        router.post("\(list)/:webhook_id/rotate", managed(rotate))
        router.post("\(list)/:webhook_id/test", managed(test))
        router.get("\(list)/:webhook_id/deliveries", managed(deliveries))
        router.post("\(list)/:webhook_id/deliveries/:delivery_id/redeliver", managed(redeliver))
        router.post("\(list)/:webhook_id/recover", managed(recover))
    }

    /// A request of somebody who may manage the webhooks of a galaxy.
    private struct Managed: Sendable {
        var call: Endpoints.Call
        var user: Caller.User
        var galaxyID: String
        var space: SpaceID

        /// The endpoint that the path names; 0, which no endpoint has, for what is no id.
        var endpoint: EndpointID {
            let text = call.parameter("webhook_id")
            return EndpointID(Int64(text).flatMap { String($0) == text ? $0 : nil } ?? 0)
        }
    }

    private func managed(_ handler: @escaping @Sendable (Managed) async throws -> HTTPResponse) -> Handler {
        endpoints.identified(isForServers: false) { call in
            let id = call.parameter("galaxy_id")
            guard case .account(let account) = try await endpoints.actor(call, in: id), case .user(let user) = call.caller else {
                throw CommunityError.missingPermission(.manageWebhooks)
            }
            let isReading = call.request.method == .get || call.request.method == .head
            let space = try await endpoints.community.spaceForWebhooks(of: id, by: account, isReading: isReading)
            do {
                return try await handler(Managed(call: call, user: user, galaxyID: id, space: space))
            } catch let refusal as WebhookRefusal {
                throw Problem(refusal)
            }
        }
    }

    // MARK: Endpoints

    @Sendable private func create(_ managed: Managed) async throws -> HTTPResponse {
        var form = try await endpoints.form(managed.call)
        let (url, events, channels) = (form.text("url"), filter(&form), form.optionalTexts("channelIds", atMost: 100))
        let (description, scheme) = (form.optionalText("description"), form.optionalText("scheme"))
        if events == nil, form.value("events") == nil { form.refuse("events", "Is missing.") }
        check(channels, description, &form)
        let signing = SignatureScheme(name: scheme ?? "both")
        if signing == nil { form.refuse("scheme", "Must be v1, v1a or both.") }
        try form.finish()
        try count(managed)
        let made = try await engine.createEndpoint(
            in: managed.space, galaxyID: managed.galaxyID, by: managed.user.account.id, url: url, events: events ?? [], channels: channels,
            description: description, scheme: signing ?? .both)
        var response = try await shown(made.endpoint, managed, secret: made.secret)
        response.status = .created
        response.headers.set("Location", "/galaxy/\(managed.galaxyID)/webhooks/\(made.endpoint.id.rawValue)")
        return response
    }

    @Sendable private func list(_ managed: Managed) async throws -> HTTPResponse {
        let key = engineKey
        var items: [(WebhookEndpoint, createdBy: String)] = []
        for endpoint in try await engine.endpoints(of: managed.space) {
            items.append((endpoint, try await endpoints.community.cosmosUserID(of: endpoint.createdBy)))
        }
        return .json(
            Wire.list(items) { Wire.endpoint($0.0, galaxyID: managed.galaxyID, createdBy: $0.createdBy, key: key, to: &$1) })
    }

    @Sendable private func show(_ managed: Managed) async throws -> HTTPResponse {
        try await shown(try await engine.endpoint(managed.endpoint, of: managed.space), managed)
    }

    @Sendable private func update(_ managed: Managed) async throws -> HTTPResponse {
        var form = try await endpoints.form(managed.call)
        let isLimited = form.contains("channelIds")
        let (url, events, channels) = (form.optionalText("url"), filter(&form), form.optionalTexts("channelIds", atMost: 100))
        let (description, isEnabled) = (form.change("description"), form.optionalFlag("enabled"))
        if case .set(let text) = description { check(channels, text, &form) } else { check(channels, nil, &form) }
        try form.finish()
        if url != nil { try count(managed) }
        let endpoint = try await engine.updateEndpoint(
            managed.endpoint, of: managed.space, galaxyID: managed.galaxyID, by: managed.user.account.id,
            EndpointChanges(
                url: url, events: events, channels: isLimited ? .set(channels) : .keep, description: description.withoutEmptyText,
                isEnabled: isEnabled))
        return try await shown(endpoint, managed)
    }

    @Sendable private func remove(_ managed: Managed) async throws -> HTTPResponse {
        try await engine.deleteEndpoint(managed.endpoint, of: managed.space)
        return HTTPResponse(status: .noContent)
    }

    @Sendable private func rotate(_ managed: Managed) async throws -> HTTPResponse {
        var form = try await endpoints.optionalForm(managed.call)
        let overlap = form.optionalInteger("overlapSeconds") ?? 86_400
        if !WebhookEngine.overlap.contains(Int(overlap)) { form.refuse("overlapSeconds", "Must be 0 to 604800.") }
        try form.finish()
        let secret = try await engine.rotateSecret(of: managed.endpoint, of: managed.space, overlap: overlap)
        return try await shown(try await engine.endpoint(managed.endpoint, of: managed.space), managed, secret: secret)
    }

    // MARK: Deliveries

    @Sendable private func test(_ managed: Managed) async throws -> HTTPResponse {
        _ = try await engine.endpoint(managed.endpoint, of: managed.space)
        try count(managed)
        try await engine.test(managed.endpoint, of: managed.space, galaxyID: managed.galaxyID)
        return HTTPResponse(status: .accepted)
    }

    @Sendable private func deliveries(_ managed: Managed) async throws -> HTTPResponse {
        let query = managed.call.request.query
        let limit = try number(query[first: "limit"] ?? "100", in: 1...100, "limit")
        let before = try query[first: "before"].map { text throws(Problem) in try number(text, in: 1...Int.max, "before") } ?? 0
        let wanted = query[first: "status"]
        guard wanted.map(["succeeded", "failed"].contains) ?? true else { throw Problem.invalid("/status", "Must be succeeded or failed.") }
        let attempts = try await engine.attempts(
            of: managed.endpoint, of: managed.space, succeeded: wanted.map { $0 == "succeeded" }, before: Int64(before), limit: limit)
        let webhookID = String(managed.endpoint.rawValue)
        return .json(Wire.list(attempts) { Wire.attempt($0, webhookID: webhookID, to: &$1) })
    }

    @Sendable private func redeliver(_ managed: Managed) async throws -> HTTPResponse {
        try await engine.redeliver(Int64(managed.call.parameter("delivery_id")) ?? 0, of: managed.endpoint, of: managed.space)
        return HTTPResponse(status: .accepted)
    }

    @Sendable private func recover(_ managed: Managed) async throws -> HTTPResponse {
        var form = try await endpoints.form(managed.call)
        let since = Timestamp(rfc3339: form.text("since"))
        if since == nil, form.errors.isEmpty { form.refuse("since", "Must be a time as RFC 3339 writes it.") }
        try form.finish()
        let count = try await engine.recover(managed.endpoint, of: managed.space, since: since ?? Timestamp(seconds: 0))
        var response = HTTPResponse.json(Wire.object { $0.member("count", count) })
        response.status = .accepted
        return response
    }

    // MARK: Parts

    private var engineKey: Ed25519PublicKey { endpoints.federation.serverKeys.current().signing.publicKey }

    private func shown(_ endpoint: WebhookEndpoint, _ managed: Managed, secret: [UInt8]? = nil) async throws -> HTTPResponse {
        let (key, createdBy) = (engineKey, try await endpoints.community.cosmosUserID(of: endpoint.createdBy))
        return .json(
            Wire.object(capacity: 512) {
                Wire.endpoint(endpoint, galaxyID: managed.galaxyID, createdBy: createdBy, key: key, secret: secret, to: &$0)
            })
    }

    private func filter(_ form: inout RequestForm) -> [String]? {
        let events = form.optionalTexts("events", atMost: EventFilter.limit)
        if events?.isEmpty == true { form.refuse("events", "Must name at least one event.") }
        return events
    }

    private func check(_ channels: [String]?, _ description: String?, _ form: inout RequestForm) {
        if let channels, channels.isEmpty || !channels.allSatisfy(OpaqueIdentifier.isValid) {
            form.refuse("channelIds", "Must be ids of channels.")
        }
        if let description, description.unicodeScalars.count > 1_024 || description.utf8.contains(0) {
            form.refuse("description", "Must be at most 1024 characters long.")
        }
    }

    private func count(_ managed: Managed) throws(RateLimitReached) {
        _ = try endpoints.services.shared.limits.count(managed.user.userID, Self.probes)
    }

    private func number(_ text: String, in range: ClosedRange<Int>, _ name: String) throws(Problem) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw .invalid("/\(name)", "Must be \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

extension Problem {
    /// What the engine refuses.
    init(_ refusal: WebhookRefusal) {
        switch refusal {
        case .url(let reason): self.init(.forbiddenURL, reason)
        case .unknownEvent(let entry): self = .invalid("/events", "There is no event \(entry.prefix(64)).")
        case .unknownEndpoint: self.init(.unknownWebhook)
        case .unknownDelivery: self.init(.unknownMessage)
        case .limitReached(let limit): self.init(.limitReached, "At most \(limit) webhooks per galaxy.")
        }
    }
}
