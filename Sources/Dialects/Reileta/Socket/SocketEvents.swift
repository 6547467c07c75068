internal import Community
internal import Gateway
internal import JSON
internal import Reactor
internal import Storage

/// What happens, as a socket is told of it: what it has subscribed to and may see (contracts/reileta.md 5.4).
enum SocketEvents {
    /// Lets the socket hear of the registry when any of its topics, or an instance that it is in, asks for it.
    static func followTopics(_ socket: ReiletaSocket) {
        let topic = TopicID(EventSource.registry)
        if socket.topics.wantRegistry || !socket.players.isEmpty {
            SocketLogin.listen(socket, to: topic)
        } else if let subscription = socket.subscription {
            socket.gateway.hub.shard?.stopListening(subscription, to: topic)
        }
    }

    /// An event of a topic that the socket listens to.
    static func receive(_ envelope: Envelope, on socket: ReiletaSocket) {
        let identity = socket.gateway.identity
        switch envelope.content {
        case .accountUpdated(let account): update(account, on: socket)
        case .sessionEnded(let account, let session): end(account, session, on: socket)
        case .serverUpdated: forward(envelope, "update-server", of: nil, to: socket)
        case .worldChanged(let world, _):
            guard maySee(world, socket) else { return }
            forward(envelope, "update-world", of: identity.world(world), to: socket)
        case .serviceChanged(let service, _): forward(envelope, "update-service", of: identity.service(service), to: socket)
        case .instanceChanged(let instance, let action):
            if maySee(instance, socket) { forward(envelope, "update-instance", of: identity.instance(instance), to: socket) }
            if action == .deleted { SocketInstances.close(instance, socket) } else { SocketInstances.update(instance, socket) }
        case .candidateChanged(let change):
            guard let account = socket.login?.session.account,
                change.place.isDecided(by: account) || change.candidate.account.id == account.id
            else { return }
            forward(envelope, "instance-candidate", of: identity.instance(change.place), to: socket)
        case .queueChanged(let queue): tell(queue, envelope, on: socket)
        default: break
        }
    }

    /// Those who decide are shown the queue, those in it where they stand.
    private static func tell(_ queue: InstanceQueue, _ envelope: Envelope, on socket: ReiletaSocket) {
        let instance = socket.gateway.identity.instance(queue.place)
        guard let account = socket.login?.session.account, socket.topics.want("instance-queue", of: instance) else { return }
        guard !queue.place.isDecided(by: account) else { return forward(envelope, "instance-queue", of: instance, to: socket) }
        guard let place = queue.accounts.firstIndex(of: account.id) else { return }
        socket.send(
            SocketFrame.event("instance-queue") { json in
                json.member("instance", instance)
                json.member("total", queue.accounts.count)
                json.member("position", place + 1)
            })
    }

    /// Whether the socket hears of a world: everybody of public ones, its owner and administrators of others.
    static func maySee(_ world: World, _ socket: ReiletaSocket) -> Bool {
        world.isPublic || isOwner(world.ownerID, socket)
    }

    /// Whether the socket hears of an instance: everybody of listed ones, its owner, administrators and those who are in it of others.
    static func maySee(_ instance: Instance, _ socket: ReiletaSocket) -> Bool {
        instance.isListed || socket.players[instance.id] != nil || isOwner(instance.ownerID, socket)
    }

    private static func isOwner(_ owner: AccountID, _ socket: ReiletaSocket) -> Bool {
        guard let account = socket.login?.session.account else { return false }
        return account.id == owner || account.isAdministrator
    }

    private static func forward(_ envelope: Envelope, _ event: String, of object: String?, to socket: ReiletaSocket) {
        guard socket.topics.want(event, of: object) else { return }
        if let message = envelope.encoded(by: socket.gateway.encoder)?.common { socket.send(message) }
    }

    /// Somebody shows itself in another way. The owner of the socket sees all of its own.
    private static func update(_ account: Account, on socket: ReiletaSocket) {
        if socket.login?.session.account.id == account.id {
            socket.login?.session.account = account
            SocketInstances.update(account, socket)
        }
        guard socket.topics.want("update-user", of: socket.gateway.identity.user(account.id)) else { return }
        // Shown as it is when its turn comes: one turn is enough for any number of changes.
        guard socket.updatesDue.insert(account.id).inserted else { return }
        socket.enqueue { await show(account.id, on: $0) }
    }

    private static func show(_ account: AccountID, on bound: LoopBound<ReiletaSocket>) async {
        bound.value.updatesDue.remove(account)
        let gateway = bound.value.gateway
        let isOwn = bound.value.login?.session.account.id == account
        do {
            let user = try await gateway.community.registryUser(.id(account))
            let own = isOwn ? try await gateway.answers.own(account, isFrame: true) : nil
            // Somebody else may have come meanwhile, who shall not see what only the owner sees.
            guard isOwn == (bound.value.login?.session.account.id == account) else { return }
            bound.value.send(
                SocketFrame.event("update-user") { json in
                    json.key("user")
                    if let own { own(&json) } else { gateway.wire.user(user, to: &json) }
                })
        } catch CommunityError.unknownAccount {
            // Gone meanwhile: there is nobody to show.
        } catch {
            gateway.report(error)
        }
    }

    /// A login has ended; nil: all of the account.
    private static func end(_ account: AccountID, _ session: SessionID?, on socket: ReiletaSocket) {
        guard let login = socket.login, login.session.account.id == account, session == nil || session == login.session.id else { return }
        SocketLogin.end(socket, .closed)
        socket.say(nil, "unauthenticated", reason: "The session has ended.")
    }
}
