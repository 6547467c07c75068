internal import Community
internal import Gateway
internal import Reactor
internal import WebSocket

/// RESUME: sends what happened since the client's last event, from the event log (contracts/chat.md 4.6).
///
/// Nothing is held in memory for a session: the signed session id says whose it is, the log says what was missed, and what is sent is what the
/// user can see now. The log is read in pages, and the next event waits while the client is slow to read.
struct GatewayReplay {
    /// Events read from the log at a time.
    static let pageSize = 256
    /// Bytes that may wait for the client before the replay pauses.
    static let queueLimit = 256 * 1_024
    /// How long it pauses before it looks again.
    static let pause = Duration.milliseconds(5)

    private let resume: ClientFrame.Resume
    private let gateway: ChatGateway
    private let connection: LoopBound<GatewayConnection>
    private var position: Int64
    private var replayed = 0

    init(_ resume: ClientFrame.Resume, gateway: ChatGateway, connection: LoopBound<GatewayConnection>) {
        self.resume = resume
        self.gateway = gateway
        self.connection = connection
        position = resume.sequence
    }

    /// Replays up to the latest event. Run again, it goes on from there.
    mutating func run() async -> Result<GatewayArrival, GatewayRefusal> {
        do {
            let login = try gateway.resumedLogin(resume)
            let view = try await gateway.community.gatewayView(for: login.account)
            guard position <= view.position else { return .failure(.close(.invalidSequence)) }
            guard position >= view.prunedThrough else { return .failure(.invalidSession) }
            // After the view was read: what a login that has ended may not hear comes after it.
            _ = try await requireLogin(login)
            guard connection.value.takePlace(for: login) else { return .failure(.close(.rateLimited)) }
            try await replay(for: login.account, upTo: view.position)
            // After the last event was read, so that a login ended meanwhile is seen here or reaches the socket as an event.
            let account = try await requireLogin(login)
            let topics = view.sources.map { TopicID($0) }
            return .success(
                GatewayArrival(
                    login: login, account: account, position: view.position, topics: topics, greeting: .resumed(replayed: replayed),
                    presencePosition: gateway.presence.board.position))
        } catch let refusal as GatewayRefusal {
            return .failure(refusal)
        } catch {
            gateway.report(error)
            return .failure(.close(.unknownError))
        }
    }

    private func requireLogin(_ login: GatewayLogin) async throws -> Account {
        guard let account = try await gateway.community.session(login.session.login, of: login.account) else {
            throw GatewayRefusal.close(.authenticationFailed)
        }
        return account
    }

    private mutating func replay(for account: AccountID, upTo end: Int64) async throws {
        while position < end, connection.value.isOpen {
            let found = try await gateway.community.missedEvents(for: account, after: position, upTo: end, limit: Self.pageSize)
            guard let page = found else { throw GatewayRefusal.invalidSession }
            for event in page.events {
                guard let frame = Envelope(event)?.encoded(by: connection.value.encoder)?.frame(for: account) else { continue }
                await room()
                connection.value.receive(frame.bytes, isLarge: true)
                replayed += 1
            }
            position = page.through
        }
    }

    private func room() async {
        while connection.value.isOpen, connection.value.socket.queuedBytes > Self.queueLimit {
            await connection.loop.sleep(for: Self.pause)
        }
    }
}
