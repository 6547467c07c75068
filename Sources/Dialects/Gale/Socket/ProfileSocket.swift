internal import Community
internal import Dialect
internal import Gateway
internal import Reactor
internal import Security
internal import Storage
internal import WebSocket

/// One socket of somebody who wants to hear when profiles change (contracts/gale.md 10). Lives on its connection's loop.
///
/// Requests are done one after the other, in their order: who unsubscribes right after subscribing is unsubscribed.
final class ProfileSocket: WebSocketHandler, Subscriber {
    /// Profiles that one socket listens to.
    static let subscriptionLimit = 256
    /// Requests that wait on one socket.
    static let queueLimit = 512
    /// Between two pings, so that proxies keep the connection.
    private static let pingInterval = Duration.seconds(30)

    let socket: WebSocketConnection
    /// Where it comes from.
    let network: String
    private let sockets: ProfileSockets
    private var subscription: Subscription?
    private var profiles: [ProfileCode: ProfileID] = [:]
    private var waiting: [ProfileRequest] = []
    private var isWorking = false
    private var timer: TimerToken?
    private var hasAnswered = true

    init(socket: WebSocketConnection, sockets: ProfileSockets, network: String) {
        self.socket = socket
        self.sockets = sockets
        self.network = network
    }

    var loop: EventLoop { socket.loop }
    /// Nobody's: there is no presence here.
    var place: SocketRegistry.Place? { nil }

    func start() {
        sockets.enter(self)
        schedulePing()
    }

    /// The server is going down. Clients do not come back by themselves, and look again when they are started.
    func drain() {
        socket.close(code: .goingAway)
    }

    // MARK: From the socket

    func receivedText(_ bytes: [UInt8]) {
        do throws(ProfileRequest.Refusal) {
            do throws(RateLimitReached) {
                try sockets.countRequest(from: network)
            } catch {
                throw .init(message: "At most \(ProfileSockets.requests.capacity) requests in a minute from one address.")
            }
            let request = try ProfileRequest(bytes)
            guard waiting.count < Self.queueLimit else { throw .init(message: "At most \(Self.queueLimit) requests wait at a time.") }
            waiting.append(request)
        } catch {
            return socket.sendEncoded(frame: ProfileFrame.error(error.message))
        }
        work()
    }

    func receivedBinary(_ bytes: [UInt8]) {}

    func receivedPong(_ payload: [UInt8]) {
        hasAnswered = true
    }

    func closed(code: WebSocketCloseCode?, clean: Bool) {
        if let timer { loop.cancel(timer) }
        timer = nil
        waiting = []
        if let subscription { sockets.hub.shard?.detach(subscription) }
        subscription = nil
        sockets.leave(self)
    }

    // MARK: From the hub

    func receive(_ frames: [UInt8], isLarge: Bool) {
        socket.sendEncoded(frame: frames)
    }

    func sessionEnded() {}

    // MARK: Doing

    /// A client that answers no ping is gone, whatever its connection says.
    private func schedulePing() {
        timer = loop.schedule(after: Self.pingInterval) { [self] in
            guard socket.isOpen else { return }
            guard hasAnswered else { return socket.cut() }
            hasAnswered = false
            socket.ping()
            schedulePing()
        }
    }

    private func work() {
        guard !isWorking, !waiting.isEmpty, socket.isOpen else { return }
        isWorking = true
        let bound = LoopBound(self, loop: loop)
        loop.start {
            while let request = bound.value.next() { await Self.perform(request, bound) }
        }
    }

    private func next() -> ProfileRequest? {
        guard socket.isOpen, !waiting.isEmpty else {
            isWorking = false
            return nil
        }
        return waiting.removeFirst()
    }

    private static func perform(_ request: ProfileRequest, _ bound: LoopBound<ProfileSocket>) async {
        let connection = bound.value
        switch request {
        case .unsubscribe(let code): connection.stopListening(to: code)
        case .subscribe(let code):
            do {
                guard let known = try await connection.profile(code) else {
                    connection.stopListening(to: code)
                    return connection.receive(ProfileFrame.notFound(code), isLarge: false)
                }
                guard connection.listen(to: known) else { return }
                // What happened between the look and the listening has reached nobody.
                guard let current = try await connection.profile(code) else {
                    connection.stopListening(to: code)
                    return connection.receive(ProfileFrame.deleted(code), isLarge: false)
                }
                guard current.updatedAt != known.updatedAt else { return }
                connection.receive(ProfileFrame.updated(try await connection.sockets.community.profile(code)), isLarge: false)
            } catch CommunityError.unknownProfile {
                // Gone between two looks, while the socket was listening already: that it is deleted comes by itself.
            } catch {
                connection.sockets.reportFailure(error)
                connection.receive(ProfileFrame.error("Something went wrong."), isLarge: false)
            }
        }
    }

    private func profile(_ code: ProfileCode) async throws -> ProfileSummary? {
        do {
            return try await sockets.community.profileSummary(code)
        } catch CommunityError.unknownProfile {
            return nil
        }
    }

    /// - Returns: false when the socket is gone or listens to as many as it may.
    private func listen(to profile: ProfileSummary) -> Bool {
        guard socket.isOpen, let shard = sockets.hub.shard else { return false }
        guard profiles[profile.code] == nil else { return true }
        forgetClosed(shard)
        guard profiles.count < Self.subscriptionLimit else {
            socket.sendEncoded(frame: ProfileFrame.error("At most \(Self.subscriptionLimit) profiles for each connection."))
            return false
        }
        let topic = TopicID(scope: .profile, id: profile.id.rawValue)
        if let subscription {
            shard.listen(subscription, to: topic)
        } else {
            subscription = shard.attach(
                self, account: AccountID(0), session: SessionID(0), encoder: sockets.encoder, to: [topic], after: shard.position)
        }
        profiles[profile.code] = profile.id
        return subscription != nil
    }

    /// Profiles that are gone take no place: the hub has ended their topics.
    private func forgetClosed(_ shard: HubShard) {
        guard profiles.count >= Self.subscriptionLimit, let subscription else { return }
        let topics = Set(subscription.topics)
        profiles = profiles.filter { topics.contains(TopicID(scope: .profile, id: $0.value.rawValue)) }
    }

    private func stopListening(to code: ProfileCode) {
        guard let id = profiles.removeValue(forKey: code), let subscription else { return }
        sockets.hub.shard?.stopListening(subscription, to: TopicID(scope: .profile, id: id.rawValue))
    }
}
