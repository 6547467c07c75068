internal import Community
internal import Dialect
internal import JSON
internal import Security

/// What players send to each other while they play (contracts/reileta.md 5.3): done at once, without a look at the database and without a log.
enum SocketPlay {
    /// Bytes of the data that a player sends at a time.
    static let dataLimit = 16_384
    /// Players that it names.
    static let receiverLimit = 128
    /// Data of one player.
    private static let dataRate = RateLimit(name: "reileta-data", capacity: 60, per: .seconds(1))
    /// Movements of one player.
    private static let transformRate = RateLimit(name: "reileta-transforms", capacity: 240, per: .seconds(1))

    /// Passes on what a player sends. Who gives no `state` is told nothing, also when it fails.
    static func perform(_ request: SocketRequest, on socket: ReiletaSocket) {
        let isAnswered = !request.state.isEmpty
        do {
            let answer = try request.command == .data ? passData(request, socket) : passTransform(request, socket)
            if isAnswered { socket.send(answer) }
        } catch {
            if isAnswered { socket.send(SocketFrame.failure(request, Failure(for: error, in: .instance))) }
        }
    }

    /// - Throws: `Failure` 3, 33, 39, 49, 140.
    private static func passData(_ request: SocketRequest, _ socket: ReiletaSocket) throws -> [UInt8] {
        let (place, data) = try place(of: request, socket, dataRate)
        guard let value = data["data"] else { throw Failure(.instanceInvalidInput, "data.data: Is missing.") }
        var json = JSONWriter(capacity: 512)
        json.copy(value)
        guard json.bytes.count <= dataLimit else { throw Failure(.instanceInvalidInput, "data.data: At most \(dataLimit) bytes.") }
        var receivers: Set<String>?
        if let to = data.optional("to") {
            guard let values = try? to.array(), values.count <= receiverLimit, case let ids = values.compactMap({ try? $0.string() }),
                ids.count == values.count
            else { throw Failure(.instanceInvalidInput, "to: Must be a list of at most \(receiverLimit) ids of players.") }
            receivers = Set(ids)
        }
        let frame = SocketFrame.event("instance-data") { event in
            event.member("instance", place.name)
            event.member("player", place.player.id)
            event.member("data", raw: json.bytes)
        }
        switch socket.gateway.rooms.pass(place.instance, .data, from: place.player.id, to: receivers, frame) {
        case .absent: throw Failure(.notInInstance)
        case .muted: throw Failure(.userNotAllowed, "Muted in this instance.")
        case .passed(let count, _):
            return SocketFrame.success(request) { json in
                json.member("instance", place.name)
                json.member("count", count)
            }
        }
    }

    /// - Throws: `Failure` 3, 4, 33, 39, 140.
    private static func passTransform(_ request: SocketRequest, _ socket: ReiletaSocket) throws -> [UInt8] {
        let (place, data) = try place(of: request, socket, transformRate)
        guard let path = try? data.optional("path")?.string(), let (player, node) = PlayerNodes.name(in: path) else {
            throw Failure(
                .instanceInvalidInput, "path: Must be p:@me/ and a name of at most \(PlayerNodes.nameLimit) bytes, such as p:@me/body/head."
            )
        }
        guard player == "@me" || player == place.player.id else { throw Failure(.userDontHavePermission, "Nobody moves others.") }
        guard let at = try? data.optional("at")?.double(), at.isFinite else {
            throw Failure(.instanceInvalidInput, "at: Must be a number.")
        }
        let transform = try NodeTransform(data)
        try socket.nodes[place.instance, default: PlayerNodes()].update(node, transform, at: at) { () throws(Failure) in
            let frame = SocketFrame.event("instance-transform") { json in
                json.member("instance", place.name)
                json.member("player", place.player.id)
                json.member("path", "p:\(place.player.id)/\(node)")
                transform.write(to: &json)
            }
            guard case .passed(_, let showings) = socket.gateway.rooms.pass(place.instance, .transform, from: place.player.id, frame) else {
                throw Failure(.notInInstance)
            }
            return PlayerNodes.Told(frame: frame, showings: showings)
        }
        return SocketFrame.success(request) { json in
            json.member("instance", place.name)
            json.member("player", place.player.id)
        }
    }

    /// Shows somebody who has just come in where the player of this socket was before.
    static func show(to newcomer: String, _ showing: Int, in instance: InstanceID, _ socket: ReiletaSocket) {
        guard let player = socket.players[instance], let nodes = socket.nodes[instance] else { return }
        for frame in nodes.frames(before: showing) {
            _ = socket.gateway.rooms.pass(instance, .transform, from: player.id, to: [newcomer], frame)
        }
    }

    /// The instance that a request is about, which the socket is in.
    private static func place(
        of request: SocketRequest, _ socket: ReiletaSocket, _ rate: RateLimit
    ) throws -> (place: ReiletaSocket.Place, data: JSONObject) {
        guard socket.login != nil else {
            try socket.gateway.countRequest(from: socket.network)
            throw Failure(.userNotLogged)
        }
        guard let data = request.data, let text = try? data.optional("instance")?.string(), !text.isEmpty else {
            try socket.gateway.countRequest(from: socket.network)
            throw Failure(.instanceInvalidInput, "instance: Is missing.")
        }
        guard let place = socket.place(named: text) else {
            try socket.gateway.countRequest(from: socket.network)
            throw Failure(.notInInstance)
        }
        _ = try socket.gateway.endpoints.services.shared.limits.count(place.player.id, rate)
        return (place, data)
    }
}
