internal import Community
internal import Dialect
internal import Gateway
internal import JSON
internal import Primitives
internal import Reactor
internal import Storage

/// Who a socket belongs to: logging in, and what ends it.
enum SocketLogin {
    /// Logs in with the token of the request for the socket; one that is no good leaves a guest (contracts/reileta.md 5.1).
    static func arrive(_ credential: SocketCredential, on bound: LoopBound<ReiletaSocket>) async {
        do {
            try await logIn(credential, on: bound)
            await announce(on: bound)
        } catch {
            let failure = Failure(for: error, in: .authentication)
            if failure.code == .internalError { bound.value.gateway.report(error) }
            bound.value.say(failure, "unauthenticated", reason: failure.message)
        }
    }

    /// Makes somebody the owner of the socket, in the place of whoever was.
    ///
    /// Whoever shows another token for the same person of another server stays where it is: such tokens are short.
    /// - Throws: `Failure` 20 and 35 for an unknown token, 140 for too many sockets.
    static func logIn(_ credential: SocketCredential, on bound: LoopBound<ReiletaSocket>) async throws {
        let gateway = bound.value.gateway
        let (session, isInternal) = try await owner(of: credential, gateway)
        let socket = bound.value
        guard !socket.isClosed else { return }
        let registry = gateway.endpoints.services.sockets
        guard
            let place = registry.enter(
                session.account.id, session: GatewaySession(login: session.id, openedAt: gateway.now),
                socket: LoopBound(socket as any SessionHolder, loop: socket.loop), inPlaceOf: socket.login?.place)
        else { throw Failure(.rateLimited, "At most \(registry.limit) sockets of one account.") }
        if let former = socket.login, !isInternal, !former.isInternal, former.session.account.id == session.account.id {
            renew(former, by: session, place, socket)
        } else {
            // Only now: who is refused stays who it was.
            end(socket, .closed)
            socket.login = ReiletaSocket.Login(session: session, place: place, isInternal: isInternal)
            gateway.endpoints.services.shared.presence.enter(session.account, through: place)
            if let own = SocketTopics.Name("update-user:\(gateway.identity.user(session.account.id))") { _ = socket.topics.insert(own) }
            listen(socket, to: TopicID(EventSource(scope: .account, id: session.account.id.rawValue)))
            SocketEvents.followTopics(socket)
        }
        if !isInternal { endInTime(session, socket) }
        // A login that has ended between the look and the listening has been told to nobody.
        do {
            _ = try await owner(of: credential, gateway)
        } catch {
            end(bound.value, .closed)
            throw error
        }
    }

    /// Who a token belongs to, and whether that is somebody of this server.
    ///
    /// - Throws: `Failure` 20, 35.
    private static func owner(of credential: SocketCredential, _ gateway: ReiletaGateway) async throws -> (ActiveSession, isInternal: Bool)
    {
        switch credential {
        case .token(let token):
            if let session = try await gateway.endpoints.session(of: token) { return (session, true) }
            guard let (session, _) = try await gateway.endpoints.guest(of: token) else { throw Failure(.sessionNotFound) }
            return (session, false)
        case .login(let token):
            guard let session = try await gateway.endpoints.session(of: token) else { throw Failure(.sessionNotFound) }
            return (session, true)
        case .integrity(let token):
            guard let (session, _) = try await gateway.endpoints.guest(of: token) else { throw Failure(.integrityNotFound) }
            return (session, false)
        }
    }

    private static func renew(
        _ former: ReiletaSocket.Login, by session: ActiveSession, _ place: SocketRegistry.Place, _ socket: ReiletaSocket
    ) {
        if let timer = former.timer { socket.loop.cancel(timer) }
        // The presence of the person stays as it is: it is the same socket.
        socket.login = ReiletaSocket.Login(session: session, place: place, isInternal: false)
    }

    /// Another server's word counts for a while: then the socket is a guest's (contracts/reileta.md 5.3).
    private static func endInTime(_ session: ActiveSession, _ socket: ReiletaSocket) {
        let left = max(0, session.expiresAt.microseconds - socket.gateway.now.microseconds)
        socket.login?.timer = socket.loop.schedule(after: .microseconds(left)) { [weak socket] in
            guard let socket, socket.login?.session.id == session.id else { return }
            end(socket, .closed)
            let failure = Failure(.integrityNotFound, "The token has ended.")
            socket.say(failure, "unauthenticated", reason: failure.message)
        }
    }

    /// Tells that the socket is somebody's.
    static func announce(on bound: LoopBound<ReiletaSocket>) async {
        let socket = bound.value
        guard let login = socket.login, socket.topics.want("authenticated") else { return }
        guard let user = try? await socket.gateway.answers.own(login.session.account.id, isFrame: true) else { return }
        bound.value.send(
            SocketFrame.event("authenticated") { json in
                json.member("internal", login.isInternal)
                json.key("user")
                user(&json)
            })
    }

    /// Makes the socket a guest's: it leaves its instances, and hears nothing more of what was its owner's.
    static func end(_ socket: ReiletaSocket, _ departure: Departure) {
        guard let login = socket.login else { return }
        if let timer = login.timer { socket.loop.cancel(timer) }
        for instance in socket.players.keys.sorted() { SocketInstances.leave(instance, .disconnected, socket) }
        socket.login = nil
        let topics = socket.subscription?.topics ?? []
        socket.gateway.endpoints.services.shared.presence.leave(
            login.session.account.id, departure, topics: topics, at: socket.loop.now)
        socket.gateway.endpoints.services.sockets.leave(login.place, of: login.session.account.id)
        socket.topics.removeObjects()
        if let subscription = socket.subscription, let shard = socket.gateway.hub.shard {
            for topic in topics where topic.scope == .account { shard.stopListening(subscription, to: topic) }
        }
    }

    /// Lets the socket hear of a topic from now on.
    static func listen(_ socket: ReiletaSocket, to topic: TopicID) {
        guard !socket.isClosed, let shard = socket.gateway.hub.shard else { return }
        if let subscription = socket.subscription {
            shard.listen(subscription, to: topic)
        } else {
            // Nobody's: what its owner may hear, the socket decides itself.
            socket.subscription = shard.attach(
                socket, account: AccountID(0), session: SessionID(0), encoder: socket.gateway.encoder, to: [topic], after: shard.position)
        }
    }
}
