internal import Primitives
public import Reactor

/// The sockets of one API that need no login: how many there are, from each network and in all, and which live on each loop, so that a drain reaches them.
///
/// Each takes one of the server's connections. Whoever has many networks takes a share of them, not all.
public final class OpenSockets<Socket: AnyObject>: Sendable {
    /// The sockets of one loop.
    private final class OnLoop {
        private var sockets: [ObjectIdentifier: Socket] = [:]
        private(set) var isDraining = false

        func add(_ socket: Socket) {
            sockets[ObjectIdentifier(socket)] = socket
        }

        func remove(_ socket: Socket) {
            sockets[ObjectIdentifier(socket)] = nil
        }

        func drain(_ end: (Socket) -> Void) {
            isDraining = true
            for socket in Array(sockets.values) { end(socket) }
        }
    }

    private struct Counts {
        var byNetwork: [String: Int] = [:]
        var total = 0
    }

    /// Sockets from one network.
    public let limitPerNetwork: Int
    /// Sockets in all.
    public let limit: Int

    private let counts = Mutex(Counts())
    private let perLoop: [LoopBound<OnLoop>]
    private let end: @Sendable (Socket) -> Void

    /// - Parameters:
    ///   - group: the loops that sockets live on.
    ///   - limit: sockets in all.
    ///   - end: tells one socket that the server is going down, on its loop.
    public init(group: EventLoopGroup, limitPerNetwork: Int = 256, limit: Int, end: @escaping @Sendable (Socket) -> Void) {
        self.limitPerNetwork = limitPerNetwork
        self.limit = limit
        self.end = end
        perLoop = group.loops.map { LoopBound(OnLoop(), loop: $0) }
    }

    /// Sockets that are open.
    public var count: Int { counts.withLock { $0.total } }

    /// Why one more may not come from a network, as a sentence that names the limit; nil: it may.
    public func refusal(for network: String) -> String? {
        counts.withLock { counts in
            if counts.byNetwork[network] ?? 0 >= limitPerNetwork { return "At most \(limitPerNetwork) sockets from one address." }
            return counts.total >= limit ? "At most \(limit) sockets of this kind; there is no room for another." : nil
        }
    }

    /// Counts a connection that has become one of these sockets.
    public func enter(from network: String) {
        counts.withLock { counts in
            counts.byNetwork[network, default: 0] += 1
            counts.total += 1
        }
    }

    /// Counts it no longer.
    public func leave(from network: String) {
        counts.withLock { counts in
            let others = (counts.byNetwork[network] ?? 1) - 1
            counts.byNetwork[network] = others == 0 ? nil : others
            counts.total -= 1
        }
    }

    /// Takes note of a socket, on its loop. One that comes when the server is going down is told so at once.
    public func add(_ socket: Socket, on loop: EventLoop) {
        let sockets = perLoop[loop.index].value
        sockets.add(socket)
        if sockets.isDraining { end(socket) }
    }

    /// Forgets a socket, on its loop.
    public func remove(_ socket: Socket, on loop: EventLoop) {
        perLoop[loop.index].value.remove(socket)
    }

    /// Tells all of them that the server is going down.
    public func drain() {
        for sockets in perLoop {
            sockets.loop.execute { [end] in sockets.value.drain(end) }
        }
    }
}
