internal import Community
public import Dialect
internal import Gateway
internal import Primitives
internal import Reactor
internal import Security

/// What all sockets of the API share. Transports make sockets of it.
public final class ReiletaGateway: Sendable {
    /// Bytes of a message from a client.
    public static let messageLimit = 65_536
    /// What is asked for on the sockets of one network, in a minute.
    private static let requests = RateLimit(name: "reileta-socket", capacity: 6_000, per: .seconds(60))

    let endpoints: Endpoints
    let encoder: RegistryEventEncoder
    let answers: UserAnswers
    let places: InstancePlaces
    private let open: OpenSockets<ReiletaSocket>
    private let players = Mutex<Int64>(0)

    init(_ endpoints: Endpoints, answers: UserAnswers, places: InstancePlaces) {
        self.places = places
        self.endpoints = endpoints
        self.answers = answers
        encoder = RegistryEventEncoder(wire: endpoints.wire)
        let services = endpoints.services.shared
        open = OpenSockets(group: services.group, limit: services.openSocketLimit) { $0.drain() }
    }

    var community: Community { endpoints.community }
    var hub: Hub { endpoints.services.shared.hub }
    var rooms: InstanceRooms { endpoints.rooms }
    var identity: ServerIdentity { endpoints.identity }
    var wire: Wire { endpoints.wire }
    var now: Timestamp { endpoints.services.shared.clock() }

    /// The clock of the server, in milliseconds since 1970.
    public var milliseconds: Int64 { now.wireMilliseconds }

    /// Why one more connection may not come from a network, as a sentence that names the limit; nil: it may.
    public func refusal(for network: String) -> String? { open.refusal(for: network) }

    /// Counts a connection that carries a socket, or may yet.
    public func enter(from network: String) { open.enter(from: network) }

    /// Counts it no longer.
    public func leave(from network: String) { open.leave(from: network) }

    /// Makes a socket of a transport, and begins to serve it. On the loop of the transport.
    public func connect(_ transport: any SocketTransport, _ hello: SocketHello) -> ReiletaSocket {
        let socket = ReiletaSocket(transport: transport, gateway: self, network: hello.network)
        socket.start(hello)
        return socket
    }

    /// A number that no other player of this process has had: microseconds, and the next one when two come at once.
    func playerNumber() -> Int64 {
        players.withLock { last in
            last = max(last + 1, now.microseconds)
            return last
        }
    }

    /// Counts something that a client asks for.
    ///
    /// - Parameter cost: as how many requests it counts.
    public func countRequest(from network: String, cost: Int = 1) throws(RateLimitReached) {
        for _ in 0..<cost { _ = try endpoints.services.shared.limits.count(network, Self.requests) }
    }

    /// Connections that are open.
    var count: Int { open.count }

    /// Takes note of a new socket, on its loop.
    func add(_ socket: ReiletaSocket) {
        open.add(socket, on: socket.loop)
    }

    /// Forgets a socket, on its loop.
    func remove(_ socket: ReiletaSocket) {
        open.remove(socket, on: socket.loop)
    }

    /// Closes all of them.
    func drain() {
        open.drain()
    }

    func report(_ error: any Error) {
        endpoints.services.shared.reportFailure(error)
    }
}
