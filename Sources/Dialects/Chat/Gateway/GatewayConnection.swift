internal import Community
internal import Gateway
internal import Reactor
internal import WebSocket

/// One gateway socket: does what the protocol decides. Lives on its connection's loop.
///
/// An idle socket has no task and one timer; only logging in and replaying run as asynchronous work.
final class GatewayConnection: WebSocketHandler, Subscriber, SessionHolder {
    /// What the upgrade request said.
    struct Hello: Sendable {
        var token: String?
        var resume: (sessionID: String, sequence: Int64)?
        var version: String?
        /// Whether SERVER_UPDATE and SERVER_DELETE are wanted (contracts/chat.md 5.4).
        var wantsServerEvents = false
    }

    let socket: WebSocketConnection
    let gateway: ChatGateway
    private var state: GatewayProtocol
    private var timer: TimerToken?
    private var handshakeToken: String?
    private var wantsServerEvents = false
    private(set) var login: GatewayLogin?
    private(set) var place: SocketRegistry.Place?
    private(set) var subscription: Subscription?
    private var closeCode: ChatCloseCode?
    var fleeting = Fleeting()
    /// Until the first message.
    private var diversion: SocketDiversion?

    init(socket: WebSocketConnection, gateway: ChatGateway) {
        self.socket = socket
        self.gateway = gateway
        state = GatewayProtocol(
            heartbeatInterval: gateway.settings.heartbeatInterval, limitsRates: gateway.settings.limitsRates, at: socket.loop.now)
    }

    var loop: EventLoop { socket.loop }

    /// Says HELLO and goes on as the upgrade request asked (contracts/chat.md 4.3).
    ///
    /// - Parameter diversion: whom the first message may belong to instead.
    func start(_ hello: Hello, diversion: SocketDiversion? = nil) {
        self.diversion = diversion
        let sockets = gateway.sockets(of: loop)
        sockets.add(self)
        socket.sendEncoded(frame: gateway.helloFrame)
        guard !sockets.isDraining else { return drain() }
        guard hello.version.map({ $0 == "1" }) ?? true else { return perform(state.close(.invalidVersion)) }
        scheduleDeadline()
        wantsServerEvents = hello.wantsServerEvents
        guard let token = hello.token else { return }
        handshakeToken = token
        state.tokenCameWithHandshake()
        if let (sessionID, sequence) = hello.resume {
            resume(ClientFrame.Resume(token: token, sessionID: sessionID, sequence: sequence))
        } else {
            identify(ClientFrame.Identify(token: token))
        }
    }

    /// The server is going down: the client shall reconnect and resume (op 7, then 1001).
    func drain() {
        guard state.state != .closed else { return }
        socket.sendEncoded(frame: ServerFrame.reconnect)
        perform(state.close(.restart))
    }

    /// The login has been ended or the account is gone.
    func sessionEnded() {
        perform(state.close(.authenticationFailed))
    }

    // MARK: From the socket

    func receivedText(_ bytes: [UInt8]) {
        if let diversion {
            self.diversion = nil
            // It is not ours, and nothing of it is.
            if diversion.take(socket, bytes) { return closed(code: nil, clean: false) }
        }
        perform(state.received(bytes, at: loop.now))
    }

    func receivedBinary(_ bytes: [UInt8]) {
        perform(state.receivedUnreadableFrame())
    }

    func drained() {}

    func closed(code: WebSocketCloseCode?, clean: Bool) {
        let wasOpen = state.state != .closed
        _ = state.close(.unknownError)
        if let timer { loop.cancel(timer) }
        timer = nil
        // A client that leaves with 1000 or 1001 says that it will not come back for this session (4.5).
        let isLeaving = wasOpen && (code == .normal || code == .goingAway)
        if let subscription, let login {
            let departure = isLeaving || closeCode == .authenticationFailed ? Departure.closed : .lost
            gateway.presence.board.leave(login.account, departure, topics: subscription.topics, at: loop.now)
            gateway.hub.shard?.detach(subscription)
        }
        subscription = nil
        gateway.sockets(of: loop).remove(self)
        guard let login else { return }
        if let place { gateway.registry.leave(place, of: login.account) }
        place = nil
        if isLeaving { gateway.endedSessions.insert(login.session) }
    }

    // MARK: For the replay

    var isOpen: Bool { state.state != .closed }

    var encoder: ChatEventEncoder { gateway.encoder(withServerEvents: wantsServerEvents) }

    func receive(_ frames: [UInt8], isLarge: Bool) {
        guard isOpen else { return }
        socket.sendEncoded(frame: frames, countsAgainstLimit: !isLarge)
    }

    /// Takes a place among the sockets of the account; false when it has as many as it may, or this one has closed meanwhile. A place that was
    /// taken for a session which could not be resumed is given back.
    func takePlace(for login: GatewayLogin) -> Bool {
        guard isOpen else { return false }
        if let place, let former = self.login {
            guard former != login else { return true }
            gateway.registry.leave(place, of: former.account)
        }
        place = gateway.registry.enter(login.account, session: login.session, socket: LoopBound(self, loop: loop))
        guard place != nil else { return false }
        self.login = login
        return true
    }

    /// The session goes on on another socket.
    func giveWay() {
        perform(state.close(.heartbeatMissed))
    }

    // MARK: Doing

    private func perform(_ action: GatewayProtocol.Action) {
        switch action {
        case .acknowledgeHeartbeat: socket.sendEncoded(frame: ServerFrame.heartbeatAcknowledged)
        case .identify(let identify): self.identify(identify)
        case .resume(let resume): self.resume(resume)
        case .setPresence(let status): setPresence(status)
        case .startTyping(let channel): startTyping(channel)
        case .nothing: break
        case .close(let code):
            closeCode = code
            socket.close(code: code.webSocketCode, reason: code.reason)
        }
    }

    private func rescheduleDeadline() {
        if let timer { loop.cancel(timer) }
        scheduleDeadline()
    }

    private func scheduleDeadline() {
        let deadline = state.nextDeadline
        let now = loop.now
        // Held until `closed`, which takes the timer back.
        timer = loop.schedule(after: deadline > now ? deadline - now : .zero) { [self] in
            guard state.state != .closed else { return }
            perform(state.deadlinePassed(at: loop.now))
            if state.state != .closed { scheduleDeadline() }
        }
    }

    private func identify(_ identify: ClientFrame.Identify) {
        wantsServerEvents = wantsServerEvents || identify.wantsServerEvents
        let bound = LoopBound(self, loop: loop)
        let gateway = gateway
        loop.start {
            while true {
                let result = await gateway.connect(identify)
                if bound.value.arrive(result) { return }
            }
        }
    }

    private func resume(_ resume: ClientFrame.Resume) {
        wantsServerEvents = wantsServerEvents || resume.wantsServerEvents
        let bound = LoopBound(self, loop: loop)
        let gateway = gateway
        loop.start {
            var replay = GatewayReplay(resume, gateway: gateway, connection: bound)
            while true {
                let result = await replay.run()
                if bound.value.arrive(result) { return }
            }
        }
    }

    /// Sends the greeting and takes the place in the hub, in one go, so that no event falls between the two.
    ///
    /// - Returns: false when more has happened meanwhile than the hub remembers: look again.
    private func arrive(_ result: Result<GatewayArrival, GatewayRefusal>) -> Bool {
        guard state.state == .authenticating else { return true }
        switch result {
        case .failure(.close(let code)):
            perform(state.close(code))
        case .failure(.invalidSession):
            socket.sendEncoded(frame: ServerFrame.invalidSession)
            state.resumeRefused(at: loop.now)
            rescheduleDeadline()
            guard let handshakeToken else { return true }
            state.tokenCameWithHandshake()
            identify(ClientFrame.Identify(token: handshakeToken))
        case .success(let arrival):
            guard let shard = gateway.hub.shard else {
                perform(state.close(.unknownError))
                return true
            }
            guard shard.covers(arrival.position) else { return false }
            guard takePlace(for: arrival.login) else {
                perform(state.close(.rateLimited))
                return true
            }
            // Only a refused resume needs it; an idle socket keeps nothing.
            handshakeToken = nil
            state.authenticated(at: loop.now)
            serve(arrival, on: shard)
        }
        return true
    }

    private func serve(_ arrival: GatewayArrival, on shard: HubShard) {
        let board = gateway.presence.board
        if let place { board.enter(arrival.account, through: place) }
        let position = board.position
        let present = board.show(arrival.present, limit: ChatGateway.presenceLimit)
        // What an account sees may be more than waits for anybody else.
        socket.sendEncoded(frame: gateway.greeting(for: arrival, present: present), countsAgainstLimit: false)
        subscription = shard.attach(
            self, account: arrival.login.account, session: arrival.login.session.login, encoder: encoder, to: arrival.topics,
            after: arrival.position)
        subscription?.presencePosition = arrival.presencePosition
        // Those who resume are told anew who is there; others only what they have missed since their snapshot was made.
        if case .resumed = arrival.greeting {
            sendPresent(except: [], changedSince: position)
        } else if board.hasTold(after: arrival.presencePosition) {
            sendPresent(except: present, changedSince: position)
        }
        choosePresence()
    }
}
