internal import Community
internal import Dialect
internal import Gateway
internal import JSON
internal import Primitives
internal import Reactor

/// Entering and leaving instances on a socket (contracts/reileta.md 5.3, 5.4).
enum SocketInstances {
    /// Why somebody is not in an instance any more.
    enum Departure: Int {
        /// Sent away by a moderator.
        case kicked = 0
        /// The same for as long as no moderator takes it back.
        case banned = 2
        /// Left by a command, or with the instance.
        case closed = 3
        /// The socket is gone, or somebody else's.
        case disconnected = 4
    }

    /// Instances that one socket is in.
    private static let instanceLimit = 16

    /// - Throws: `Failure` 3, 25, 33, 36, 48, 49, 140.
    static func join(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async throws {
        let gateway = bound.value.gateway
        guard let account = bound.value.login?.session.account else { throw Failure(.userNotLogged) }
        var form = RequestForm(try data(of: request))
        let name = ObjectName(form.required("instance"))
        let password = form.text("password")
        try form.check(.instanceInvalidInput)
        guard name.address.map(gateway.identity.isOwn) ?? true, let selector = gateway.endpoints.instance(name) else {
            throw Failure(.instanceNotFound)
        }
        let instance = try await gateway.community.instance(selector)
        guard instance.hasWorld else { throw Failure(.worldNotFound) }
        if let player = bound.value.players[instance.id] {
            return bound.value.send(answer(request, instance, player, gateway.rooms.players(of: instance.id), gateway))
        }
        guard bound.value.players.count < instanceLimit else {
            throw Failure(.userNotAllowed, "At most \(instanceLimit) instances at a time.")
        }
        var standing = try await gateway.community.standing(of: account.id, in: instance.id)
        let user = try await gateway.community.registryUser(.id(account.id))
        try await InstanceAdmission(endpoints: gateway.endpoints).require(account, instance, password: password, standing)
        let socket = bound.value
        guard !socket.isClosed, socket.login?.session.account.id == account.id else { throw Failure(.userNotLogged) }
        let player = Player(
            id: gateway.identity.identifiers.text(.player, gateway.playerNumber()), account: account,
            user: gateway.identity.userAt(account.id),
            role: instance.role(of: account), isOwner: account.id == instance.ownerID,
            isBot: user.tags.contains(AccountTag.bot), joinedAt: gateway.now)
        let frame = SocketFrame.event("instance-joined") { json in
            json.member("instance", gateway.identity.instance(instance))
            gateway.members(of: player, to: &json)
        }
        let member = InstanceRooms.Member(
            player: player, socket: LoopBound(socket, loop: socket.loop), isMuted: standing.isMuted)
        let entry = gateway.rooms.enter(
            instance.id, capacity: instance.capacity, member, at: gateway.now, passesQueue: player.role.decides, frame: frame)
        guard let entry else {
            throw Failure(.instanceIsFull, "At most \(instance.capacity) players.")
        }
        socket.players[instance.id] = player
        socket.unshown.insert(instance.id)
        let id = gateway.identity.instance(instance)
        socket.names[instance.id] = id
        socket.aliases[instance.name] = instance.id
        if let topic = SocketTopics.Name("instance:\(id)") { _ = socket.topics.insert(topic) }
        SocketEvents.followTopics(socket)
        // What has changed before the socket listened has been told to nobody.
        do {
            // No other process shall take the instance for an empty one.
            if entry.others.isEmpty { try await gateway.community.noteOccupied([instance.id]) }
            let present = try await gateway.community.instance(selector)
            guard present.id == instance.id, present.admission == instance.admission else { throw Failure(.userNotAllowed) }
            update(present, bound.value)
            standing = try await gateway.community.standing(of: account.id, in: instance.id)
            guard !standing.isBanned else { throw CommunityError.bannedFromInstance }
            if standing.isMuted != member.isMuted { gateway.rooms.mute(account.id, standing.isMuted, in: instance.id) }
            if entry.wasHeld || standing.candidate.map({ $0.state != .refused }) ?? false {
                try await gateway.community.noteEntry(of: account.id, into: instance.id)
            }
        } catch {
            leave(instance.id, .disconnected, bound.value)
            throw error
        }
        await gateway.places.followChannel(account.id, instance.id)
        guard let shown = bound.value.players[instance.id] else { throw Failure(.instanceNotFound) }
        // Asked for first, and told after the answer, on this loop: what others do from here on comes after the answer, and once.
        gateway.rooms.show(to: player.id, in: instance.id)
        bound.value.send(answer(request, instance, shown, gateway.rooms.players(of: instance.id), gateway))
    }

    /// The answer names those who are there, as far as they fit into a frame that every client reads; the others are in the instance itself.
    private static func answer(
        _ request: SocketRequest, _ instance: Instance, _ player: Player, _ players: [Player], _ gateway: ReiletaGateway
    ) -> [UInt8] {
        SocketFrame.success(request) { json in
            json.member("instance", "\(gateway.identity.instance(instance))@\(gateway.identity.address)")
            gateway.members(of: player, to: &json)
            json.member("role", player.role.rawValue)
            json.member("capacity", instance.capacity)
            json.member("connected", players.count)
            json.member(
                "players",
                array: { json in
                    for other in players where json.bytes.count < SocketFrame.smallLimit - 512 {
                        json.object { json in
                            gateway.members(of: other, to: &json)
                            json.member("role", other.role.rawValue)
                        }
                    }
                })
        }
    }

    /// - Throws: `Failure` 33, 36, 39.
    static func leave(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async throws -> [UInt8] {
        let socket = bound.value
        guard socket.login != nil else { throw Failure(.userNotLogged) }
        var form = RequestForm(try data(of: request))
        let name = form.required("instance")
        try form.check(.instanceInvalidInput)
        let place = try await place(named: name, on: bound)
        leave(place.instance, .closed, bound.value)
        return SocketFrame.success(request) { json in
            json.member("instance", place.name)
            json.member("player", place.player.id)
            json.member("type", Departure.closed.rawValue)
        }
    }

    /// Takes the socket out of an instance, and tells the others.
    static func leave(_ instance: InstanceID, _ departure: Departure, _ socket: ReiletaSocket) {
        guard let player = socket.players[instance] else { return }
        let gateway = socket.gateway
        let id = socket.names[instance] ?? gateway.identity.identifiers.text(.instance, instance.rawValue)
        let wasThere = gateway.rooms.leave(instance, player: player.id, at: gateway.now, frame: left(id, player, departure))
        forget(instance, socket)
        if wasThere { gateway.places.vacated(instance, by: player) }
    }

    /// The socket is in an instance no longer.
    static func forget(_ instance: InstanceID, _ socket: ReiletaSocket) {
        socket.players[instance] = nil
        socket.nodes[instance] = nil
        socket.unshown.remove(instance)
        for (name, other) in socket.aliases where other == instance { socket.aliases[name] = nil }
        if let id = socket.names.removeValue(forKey: instance), let topic = SocketTopics.Name("instance:\(id)") {
            _ = socket.topics.remove(topic)
        }
        SocketEvents.followTopics(socket)
    }

    /// The instance that a request names, which the socket is in.
    ///
    /// - Throws: `Failure` 36, 39.
    static func place(named text: String, on bound: LoopBound<ReiletaSocket>) async throws -> ReiletaSocket.Place {
        let gateway = bound.value.gateway
        if let place = bound.value.place(named: text) { return place }
        let name = ObjectName(text)
        guard name.address.map(gateway.identity.isOwn) ?? true, let selector = gateway.endpoints.instance(name) else {
            throw Failure(.instanceNotFound)
        }
        let instance = try await gateway.community.instance(selector)
        guard let place = bound.value.place(of: instance.id) else { throw Failure(.notInInstance) }
        return place
    }

    /// Who helps the owner may be another now: the player of the socket gets the role that it has from now on.
    static func update(_ instance: Instance, _ socket: ReiletaSocket) {
        guard let player = socket.players[instance.id], let account = socket.login?.session.account else { return }
        show(player, as: account, instance.role(of: account), in: instance.id, socket)
    }

    /// The owner of the socket shows itself in another way, or administers the server now, or no longer.
    static func update(_ account: Account, _ socket: ReiletaSocket) {
        for (instance, player) in socket.players {
            let isRoleSame = player.account.isAdministrator == account.isAdministrator
            show(player, as: account, player.role, in: instance, socket)
            guard !isRoleSame, let name = socket.names[instance], let selector = socket.gateway.endpoints.instance(ObjectName(name)) else {
                continue
            }
            socket.enqueue { bound in
                do {
                    update(try await bound.value.gateway.community.instance(selector), bound.value)
                } catch CommunityError.unknownInstance {
                    // Gone meanwhile, and so are its players.
                } catch {
                    bound.value.gateway.report(error)
                }
            }
        }
    }

    private static func show(_ player: Player, as account: Account, _ role: InstanceRole, in instance: InstanceID, _ socket: ReiletaSocket)
    {
        var player = player
        (player.account, player.role) = (account, role)
        socket.players[instance] = player
        socket.gateway.rooms.update(player, in: instance)
    }

    /// The instance is gone: whoever is in it hears so and is out.
    static func close(_ instance: Instance, _ socket: ReiletaSocket) {
        guard let player = socket.players[instance.id] else { return }
        let id = socket.gateway.identity.instance(instance)
        let isWanted = socket.topics.want("instance-left", of: id)
        leave(instance.id, .closed, socket)
        if isWanted { socket.send(left(id, player, .closed)) }
    }

    static func left(_ instance: String, _ player: Player, _ departure: Departure) -> [UInt8] {
        SocketFrame.event("instance-left") { json in
            json.member("instance", instance)
            json.member("player", player.id)
            json.member("type", departure.rawValue)
        }
    }

    static func data(of request: SocketRequest) throws(Failure) -> JSONObject {
        guard let data = request.data else { throw Failure(.instanceInvalidInput, "data: Must be an object.") }
        return data
    }
}

extension ReiletaGateway {
    /// The members of a frame that say who a player is.
    func members(of player: Player, to json: inout JSONWriter) {
        json.member("player", player.id)
        json.member("user", player.user)
        json.member("display", player.account.displayName ?? player.account.username)
    }
}
