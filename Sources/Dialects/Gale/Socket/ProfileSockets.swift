internal import Community
internal import Dialect
internal import Gateway
internal import Primitives
internal import Reactor
internal import Security

/// What all sockets of the API share.
final class ProfileSockets: Sendable {
    /// What is asked for on the sockets of one network, in a minute.
    static let requests = RateLimit(name: "gale-socket", capacity: 1_200, per: .seconds(60))

    let community: Community
    let hub: Hub
    let encoder = ProfileEventEncoder()
    let reportFailure: @Sendable (any Error) -> Void
    private let limits: RequestLimits
    private let open: OpenSockets<ProfileSocket>

    init(_ services: DialectServices) {
        community = services.community
        hub = services.hub
        reportFailure = services.reportFailure
        limits = services.limits
        open = OpenSockets(group: services.group, limit: services.openSocketLimit) { $0.drain() }
    }

    /// Sockets that are open.
    var count: Int { open.count }

    /// Why one more may not come from a network; nil: it may.
    func refusal(for network: String) -> String? { open.refusal(for: network) }

    /// Counts something that a client asks for.
    func countRequest(from network: String) throws(RateLimitReached) {
        _ = try limits.count(network, Self.requests)
    }

    /// Takes note of a new socket, on its loop.
    func enter(_ socket: ProfileSocket) {
        open.enter(from: socket.network)
        open.add(socket, on: socket.loop)
    }

    /// Forgets a socket, on its loop.
    func leave(_ socket: ProfileSocket) {
        open.leave(from: socket.network)
        open.remove(socket, on: socket.loop)
    }

    /// Closes all of them.
    func drain() {
        open.drain()
    }
}
