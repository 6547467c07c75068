internal import Community
internal import Dialect
public import Gateway
internal import JSON
internal import Primitives
internal import Reactor
internal import Storage
internal import WebSocket

/// One socket of a client (contracts/reileta.md 5), whatever carries it. Lives on its transport's loop.
///
/// Requests, and what has to be looked up for events, are done one after the other, in their order.
public final class ReiletaSocket: Subscriber, SessionHolder {
    /// Who has logged in on the socket.
    struct Login {
        var session: ActiveSession
        var place: SocketRegistry.Place
        /// Whether it is somebody of this server.
        var isInternal = true
        /// Ends the login of somebody of another server.
        var timer: TimerToken?
    }

    /// Work that waits on one socket.
    private static let queueLimit = 512
    /// Messages in a row that are none, until the socket is closed.
    private static let brokenLimit = 10

    let gateway: ReiletaGateway
    let network: String
    let transport: any SocketTransport
    var login: Login?
    var topics = SocketTopics() {
        didSet { interests = [:] }
    }
    /// The instances that the socket is in, with what it is called there.
    var players: [InstanceID: Player] = [:]
    /// The ids on the wire of these instances: topics name them so.
    var names: [InstanceID: String] = [:] {
        didSet { interests = [:] }
    }
    /// The names that the instances had when the socket came in.
    var aliases: [String: InstanceID] = [:]
    /// The instances that it has just come into, and where it hears of no movement before the others show where they are.
    var unshown: Set<InstanceID> = [] {
        didSet { interests = [:] }
    }
    /// Where the socket's players are.
    var nodes: [InstanceID: PlayerNodes] = [:]
    /// What the socket wants to hear of each instance that it is in; looked up in its topics once.
    private var interests: [InstanceID: RoomEvent] = [:]
    var subscription: Subscription?
    /// People who have changed and wait for their turn to be shown.
    var updatesDue: Set<AccountID> = []
    private var waiting: [@Sendable (LoopBound<ReiletaSocket>) async -> Void] = []
    private var isWorking = false
    private var brokenMessages = 0
    private(set) var isClosed = false

    init(transport: any SocketTransport, gateway: ReiletaGateway, network: String) {
        self.transport = transport
        self.gateway = gateway
        self.network = network
    }

    var loop: EventLoop { transport.loop }
    /// What the socket holds while somebody is logged in.
    public var place: SocketRegistry.Place? { login?.place }

    func start(_ hello: SocketHello) {
        gateway.add(self)
        if let credential = hello.credential {
            enqueue { await SocketLogin.arrive(credential, on: $0) }
        } else if hello.hasForeignToken {
            say(.init(.integrityNotFound), "unauthenticated", reason: "This server does not know the token.")
        }
    }

    /// The server is going down. Clients come back by themselves.
    func drain() {
        transport.close(.goingAway, "The server restarts.")
    }

    // MARK: From the transport

    /// A message of the client.
    public func received(_ bytes: [UInt8]) {
        do throws(Failure) {
            guard let request = try SocketRequest(bytes) else { return }
            brokenMessages = 0
            // What players send is counted for each of them: it may be much.
            if request.command.isPlay {
                guard isWorking else { return SocketPlay.perform(request, on: self) }
                return wait(request)
            }
            do throws(RateLimitReached) {
                try gateway.countRequest(from: network)
            } catch {
                return send(SocketFrame.failure(request, Failure(.rateLimited, error.message)))
            }
            wait(request)
        } catch {
            broken(error)
        }
    }

    private func wait(_ request: SocketRequest) {
        guard waiting.count < Self.queueLimit else {
            return send(SocketFrame.failure(request, Failure(.rateLimited, "At most \(Self.queueLimit) requests wait at a time.")))
        }
        enqueue { await SocketCommands.perform(request, on: $0) }
    }

    /// A message that is none.
    public func receivedBroken(_ reason: String) {
        broken(Failure(.socketInvalidFrame, reason))
    }

    private func broken(_ failure: Failure) {
        brokenMessages += 1
        send(SocketFrame.failure(failure))
        if brokenMessages >= Self.brokenLimit { transport.close(.policyViolation, "\(Self.brokenLimit) messages in a row are none.") }
    }

    /// The transport is gone.
    ///
    /// - Parameter isLeaving: whether the client has said that it leaves.
    public func closed(isLeaving: Bool) {
        guard !isClosed else { return }
        isClosed = true
        waiting = []
        SocketLogin.end(self, isLeaving ? .closed : .lost)
        if let subscription { gateway.hub.shard?.detach(subscription) }
        subscription = nil
        gateway.remove(self)
    }

    // MARK: To the client

    func send(_ message: [UInt8]) {
        guard !isClosed, transport.isOpen else { return }
        transport.send(message)
    }

    /// Tells that somebody has to log in, or has been logged out.
    func say(_ failure: Failure?, _ event: String, reason: String) {
        guard topics.want(event) else { return }
        send(SocketFrame.event(event, error: failure) { $0.member("reason", reason) })
    }

    /// Something that happened in an instance that the socket is in.
    func receive(_ frame: [UInt8], _ event: RoomEvent, in instance: InstanceID) {
        if wants(event, in: instance) { send(frame) }
    }

    /// From here on the socket hears of movements: those before are shown to it.
    func isShown(_ instance: InstanceID, to player: String) {
        if players[instance]?.id == player { unshown.remove(instance) }
    }

    /// A moderator has sent the socket out of an instance.
    func sentOut(of instance: InstanceID, as player: String, _ frame: [UInt8]) {
        guard players[instance]?.id == player else { return }
        if wants(.left, in: instance) { send(frame) }
        SocketInstances.forget(instance, self)
    }

    private func wants(_ event: RoomEvent, in instance: InstanceID) -> Bool {
        if let known = interests[instance] { return known.contains(event) }
        guard let name = names[instance] else { return false }
        var wanted: RoomEvent = []
        for (event, text) in RoomEvent.all where topics.want(text, of: name) { wanted.insert(event) }
        if unshown.contains(instance) { wanted.remove(.transform) }
        interests[instance] = wanted
        return wanted.contains(event)
    }

    // MARK: The instances that it is in

    /// An instance that the socket is in.
    struct Place {
        var instance: InstanceID
        /// The id on the wire.
        var name: String
        var player: Player
    }

    func place(of instance: InstanceID) -> Place? {
        guard let name = names[instance], let player = players[instance] else { return nil }
        return Place(instance: instance, name: name, player: player)
    }

    /// The one of that id or name, with or without the own address.
    func place(named text: String) -> Place? {
        let name = ObjectName(text)
        guard name.address.map(gateway.identity.isOwn) ?? true else { return nil }
        guard let instance = names.first(where: { $0.value == name.text })?.key ?? aliases[name.text] else { return nil }
        return place(of: instance)
    }

    // MARK: From the hub

    /// The socket looks at each event: what it may see depends on who it is.
    public var looksAtEvents: Bool { true }

    /// Nothing comes this way.
    public func receive(_ frames: [UInt8], isLarge: Bool) {}

    /// Nothing comes this way: the subscription belongs to nobody.
    public func sessionEnded() {}

    /// Somebody has as many sockets as may be, and this was the first.
    public func giveWay() {
        transport.close(.policyViolation, "Too many sockets of one account.")
    }

    /// A logged event.
    public func receive(_ envelope: Envelope) {
        SocketEvents.receive(envelope, on: self)
    }

    // MARK: Working

    /// Does something after all that waits.
    func enqueue(_ job: @escaping @Sendable (LoopBound<ReiletaSocket>) async -> Void) {
        waiting.append(job)
        guard !isWorking else { return }
        isWorking = true
        let bound = LoopBound(self, loop: loop)
        loop.start {
            while let job = bound.value.next() { await job(bound) }
        }
    }

    private func next() -> (@Sendable (LoopBound<ReiletaSocket>) async -> Void)? {
        guard !isClosed, !waiting.isEmpty else {
            isWorking = false
            return nil
        }
        return waiting.removeFirst()
    }
}
