internal import Community
internal import Dialect
internal import Gateway
internal import HTTP
internal import Primitives
internal import Reactor

/// One event stream: replays what its client has missed, then hands on what happens. Lives on its connection's loop.
///
/// An idle stream has no task; only replaying runs as asynchronous work.
final class StreamConnection: Subscriber, SessionHolder {
    /// Tells a client that it has been heard, and after how many milliseconds it shall come back when the stream has ended.
    private static let greeting = Array(":roost\nretry: 1000\n\n".utf8)

    let stream: EventStream
    let gateway: StreamGateway
    let account: AccountID
    let session: SessionID
    private let expiresAt: Timestamp
    private(set) var place: SocketRegistry.Place?
    private var subscription: Subscription?
    /// How the account goes: a line that ends may come back, a login does not.
    private var departure = Departure.lost

    init(_ stream: EventStream, session: ActiveSession, gateway: StreamGateway) {
        self.stream = stream
        self.gateway = gateway
        account = session.account.id
        self.session = session.id
        expiresAt = session.expiresAt
    }

    var loop: EventLoop { stream.loop }
    var isOpen: Bool { stream.isOpen }

    /// Greets and begins.
    ///
    /// - Parameters:
    ///   - lastMessage: the last one that the client knows; nil: it reads by other requests what there is.
    ///   - position: the latest event before the client was answered.
    func start(after lastMessage: MessageID?, at position: Int64) {
        stream.onEnd = { [self] in ended() }
        stream.onTick = { [self] in
            if gateway.services.clock() >= expiresAt { end() }
        }
        let session = GatewaySession(login: session, openedAt: gateway.services.clock())
        place = gateway.registry.enter(account, session: session, socket: LoopBound(self, loop: loop))
        gateway.streams(of: loop).add(self)
        guard isOpen else { return }
        stream.send(Self.greeting)
        let bound = LoopBound(self, loop: loop)
        loop.start {
            var replay = StreamReplay(bound, after: lastMessage, at: position)
            await replay.run()
        }
    }

    func end() {
        stream.end()
    }

    /// Takes the place in the hub.
    ///
    /// - Returns: false when more has happened meanwhile than the hub remembers: look again.
    func attach(_ account: Account, to sources: [EventSource], after position: Int64) -> Bool {
        guard isOpen, let place, let shard = gateway.services.hub.shard else { return true }
        guard shard.covers(position) else { return false }
        gateway.services.presence.enter(account, through: place)
        subscription = shard.attach(
            self, account: account.id, session: session, encoder: gateway.encoder, to: sources.map { TopicID($0) }, after: position)
        return true
    }

    // MARK: From the hub

    func receive(_ frames: [UInt8], isLarge: Bool) {
        stream.send(frames)
    }

    /// The login has been ended.
    func sessionEnded() {
        departure = .closed
        end()
    }

    /// The account has opened more streams than it may have.
    func giveWay() {
        end()
    }

    private func ended() {
        if let subscription {
            gateway.services.presence.leave(account, departure, topics: subscription.topics, at: loop.now)
            gateway.services.hub.shard?.detach(subscription)
        }
        subscription = nil
        if let place { gateway.registry.leave(place, of: account) }
        place = nil
        gateway.streams(of: loop).remove(self)
    }
}
