internal import Community
internal import Dialect
internal import Gateway
internal import JSON
internal import Reactor
internal import Security
internal import Storage

/// What clients ask for on a socket (contracts/reileta.md 5.3).
enum SocketCommands {
    static func perform(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async {
        do {
            switch request.command {
            case .ping: bound.value.send(ping(request, bound.value))
            case .authenticate:
                bound.value.send(try await authenticate(request, on: bound))
                await SocketLogin.announce(on: bound)
            case .subscribe: try await subscribe(request, on: bound)
            case .unsubscribe: try unsubscribe(request, bound.value)
            case .join: try await SocketInstances.join(request, on: bound)
            case .leave: bound.value.send(try await SocketInstances.leave(request, on: bound))
            case .data, .transform: SocketPlay.perform(request, on: bound.value)
            case .moderate: bound.value.send(try await SocketModeration.moderate(request, on: bound))
            case .unknown:
                // Nobody waits for an answer.
                guard !request.state.isEmpty else { return }
                throw Failure(.socketUnknownCommand)
            }
        } catch {
            let failure = Failure(for: error, in: request.command == .authenticate ? .authentication : .instance)
            if failure.code == .internalError { bound.value.gateway.report(error) }
            bound.value.send(SocketFrame.failure(request, failure))
        }
    }

    private static func ping(_ request: SocketRequest, _ socket: ReiletaSocket) -> [UInt8] {
        let now = socket.gateway.now.wireMilliseconds
        let time = (try? request.data?.optional("time")?.integer()) ?? nil
        let other = (try? request.data?.optional("i")?.integer()) ?? nil
        return SocketFrame.success(request) { json in
            if let client = time ?? other { json.member("client", client) }
            json.member("server", now)
            if let number = other ?? time { json.member("i", number) }
            json.member("o", now)
        }
    }

    /// - Throws: `Failure` 20, 22, 35, 140.
    private static func authenticate(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async throws -> [UInt8] {
        guard let data = request.data else { throw Failure(.authInvalidInput, "data: Must be an object.") }
        var form = RequestForm(data)
        let (token, integrity) = (form.text("token"), form.text("integrity"))
        try form.check(.authInvalidInput)
        guard (token == nil) != (integrity == nil) else { throw Failure(.authInvalidInput, "Either token or integrity, and not both.") }
        let credential = integrity.map { SocketCredential.integrity($0) } ?? .login(token ?? "")
        let socket = bound.value
        let limits = socket.gateway.endpoints.services.shared.limits
        _ = try limits.countRefresh(from: socket.network)
        try await SocketLogin.logIn(credential, on: bound)
        guard let login = bound.value.login, case let session = login.session else { throw Failure(.sessionNotFound) }
        let user = try await socket.gateway.answers.own(session.account.id, isFrame: true)
        return SocketFrame.success(request) { json in
            json.member("internal", login.isInternal)
            json.key("user")
            user(&json)
            json.member("expires_at", session.expiresAt.wireMilliseconds)
        }
    }

    // MARK: Subscriptions

    private static func names(in request: SocketRequest) throws(Failure) -> [String] {
        let wrong = Failure(.socketInvalidFrame, "events: Must be a list of names of events.")
        guard let data = request.data else { throw wrong }
        if let value = data.optional("events") {
            guard let values = try? value.array(), case let names = values.compactMap({ try? $0.string() }), names.count == values.count,
                !names.isEmpty, names.count <= SocketTopics.limit
            else { throw wrong }
            return names
        }
        guard let name = try? data.optional("event")?.string(), !name.isEmpty else { throw wrong }
        return [name]
    }

    private static func subscribe(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async throws {
        var subscribed: [String] = []
        var denied: [String] = []
        for text in try names(in: request) {
            let name = SocketTopics.Name(text)
            // Each look at an object counts as a request of its own.
            if name?.object != nil { try bound.value.gateway.countRequest(from: bound.value.network) }
            if let name, let found = try await find(name, on: bound), bound.value.topics.insert(found.name) {
                if let account = found.account { SocketLogin.listen(bound.value, to: account) }
                subscribed.append(text)
            } else {
                denied.append(text)
            }
        }
        guard !subscribed.isEmpty else {
            throw Failure(.subscriptionDenied, "None of these events can be had, or there are \(SocketTopics.limit) already.")
        }
        let socket = bound.value
        SocketEvents.followTopics(socket)
        if socket.topics.wantPeople { try await listenToPeople(on: bound) }
        socket.send(
            SocketFrame.success(request) { json in
                json.texts("subscribed", subscribed)
                if !denied.isEmpty { json.texts("denied", denied) }
                json.member("total", socket.topics.count)
            })
        tell("subscribed", subscribed, socket)
    }

    private static func unsubscribe(_ request: SocketRequest, _ socket: ReiletaSocket) throws {
        let removed = try names(in: request).filter { text in
            guard let name = SocketTopics.Name(text), socket.topics.remove(name) else { return false }
            if name.event == "update-user" { stopListening(to: name, socket) }
            return true
        }
        SocketEvents.followTopics(socket)
        socket.send(
            SocketFrame.success(request) { json in
                json.texts("unsubscribed", removed)
                json.member("total", socket.topics.count)
            })
        tell("unsubscribed", removed, socket)
    }

    /// Hears no longer of a person, or of people in general, unless another topic asks for them. The owner of the socket stays: its login may end.
    private static func stopListening(to name: SocketTopics.Name, _ socket: ReiletaSocket) {
        guard let subscription = socket.subscription, let shard = socket.gateway.hub.shard else { return }
        for topic in subscription.topics where topic.scope == .account && topic.id != socket.login?.session.account.id.rawValue {
            if !socket.topics.want("update-user", of: socket.gateway.identity.user(AccountID(topic.id))) {
                shard.stopListening(subscription, to: topic)
            }
        }
    }

    private static func tell(_ event: String, _ names: [String], _ socket: ReiletaSocket) {
        guard socket.topics.want(event) else { return }
        socket.send(
            SocketFrame.event(event) { json in
                json.texts("events", names)
                json.member("total", socket.topics.count)
            })
    }

    /// What a topic is called that the socket may have, by the id of its object, and the stream that its events come from where it is a person's;
    /// nil when there is no such object, or the socket would not be told of its changes.
    private static func find(
        _ name: SocketTopics.Name, on bound: LoopBound<ReiletaSocket>
    ) async throws -> (name: SocketTopics.Name, account: TopicID?)? {
        guard let object = name.object else { return (name, nil) }
        let gateway = bound.value.gateway
        var found = name
        do {
            switch name.event {
            case "update-user":
                guard let selector = gateway.answers.selector(object) else { return nil }
                let user = try await gateway.community.registryUser(selector)
                found.object = gateway.identity.user(user.id)
                return (found, TopicID(EventSource(scope: .account, id: user.id.rawValue)))
            case "update-world":
                guard let reference = gateway.identity.identifiers.reference(.world, object) else { return nil }
                return SocketEvents.maySee(try await gateway.community.world(reference), bound.value) ? (found, nil) : nil
            case "update-service":
                guard let reference = gateway.identity.identifiers.reference(.service, object) else { return nil }
                _ = try await gateway.community.service(reference)
                return (found, nil)
            default:
                guard let selector = gateway.endpoints.instance(ObjectName(object)) else { return nil }
                let instance = try await gateway.community.instance(selector)
                found.object = gateway.identity.instance(instance)
                // What happens inside is for those who are inside.
                let isAllowed =
                    name.event == "update-instance"
                    ? SocketEvents.maySee(instance, bound.value) : bound.value.players[instance.id] != nil
                return isAllowed ? (found, nil) : nil
            }
        } catch is CommunityError {
            return nil
        }
    }

    /// People in general are those whom the owner of the socket follows.
    private static func listenToPeople(on bound: LoopBound<ReiletaSocket>) async throws {
        guard let account = bound.value.login?.session.account.id else { return }
        let following = try await bound.value.gateway.community.following(of: account).following
        for followee in following {
            SocketLogin.listen(bound.value, to: TopicID(EventSource(scope: .account, id: followee.rawValue)))
        }
    }
}
