internal import Community
internal import Dialect
internal import Gateway
internal import HTTP
internal import Reactor

/// Sends what has happened since the last message that a client knows, from the event log, and then hands the stream to the hub.
///
/// The log is read in pages, and the next event waits while the client is slow to read.
struct StreamReplay {
    /// Events read from the log at a time.
    private static let pageSize = 256
    /// Bytes that may wait for the client before the replay pauses.
    private static let queueLimit = 256 * 1_024
    /// How long it pauses before it looks again.
    private static let pause = Duration.milliseconds(5)
    /// Pauses after which it looks whether the login is still good: a slow client makes a long replay.
    private static let pausesBetweenChecks = 100

    private let connection: LoopBound<StreamConnection>
    private let lastMessage: MessageID?
    /// Everything up to this event is known to the client, or can be read by other requests.
    private var position: Int64
    private var pauses = 0

    /// - Parameter position: where to begin when the client knows no message, or none that the log still knows.
    init(_ connection: LoopBound<StreamConnection>, after lastMessage: MessageID?, at position: Int64) {
        self.connection = connection
        self.lastMessage = lastMessage
        self.position = position
    }

    /// Runs until the stream is in the hub or has ended.
    mutating func run() async {
        let gateway = connection.value.gateway
        do {
            position = try await beginning()
            while connection.value.isOpen {
                let account = connection.value.account
                let view = try await gateway.community.gatewayView(for: account)
                try await replay(upTo: view.position)
                position = max(position, view.position)
                // After the last event was read, so that a login ended meanwhile is seen here or reaches the stream as an event.
                guard let present = try await login() else { return }
                if connection.value.attach(present, to: view.sources, after: position) { return }
            }
        } catch {
            gateway.services.reportFailure(error)
            connection.value.end()
        }
    }

    /// The event after which the client has missed something.
    private func beginning() async throws -> Int64 {
        guard let lastMessage else { return position }
        switch try await connection.value.gateway.community.position(of: lastMessage) {
        case .event(let id): return id
        // Clients name the last id that they have seen, which may be that of a channel: what followed it is not known.
        case .unknown, .forgotten:
            sayUnavailable()
            return position
        }
    }

    private mutating func replay(upTo end: Int64) async throws {
        let (community, encoder) = (connection.value.gateway.community, connection.value.gateway.encoder)
        let account = connection.value.account
        // As long as the stream is in no hub, nothing tells it that its login has ended.
        while position < end, try await login() != nil {
            let found = try await community.missedEvents(for: account, after: position, upTo: end, limit: Self.pageSize)
            guard let page = found else { return sayUnavailable() }
            for event in page.events {
                guard let frame = Envelope(event)?.encoded(by: encoder)?.frame(for: account) else { continue }
                try await room()
                connection.value.stream.send(frame.bytes)
            }
            position = page.through
        }
    }

    /// The log does not reach back so far: the client has to read anew what it shows.
    private func sayUnavailable() {
        connection.value.stream.send(ServerSentEvent.comment("replay unavailable"))
    }

    private mutating func room() async throws {
        while connection.value.isOpen, connection.value.stream.queuedBytes > Self.queueLimit {
            await connection.value.loop.sleep(for: Self.pause)
            pauses += 1
            if pauses.isMultiple(of: Self.pausesBetweenChecks) { _ = try await login() }
        }
    }

    /// Who is logged in; nil when the stream is over or the login has ended, which ends the stream.
    private func login() async throws -> Account? {
        guard connection.value.isOpen else { return nil }
        let login = try await connection.value.gateway.community.session(connection.value.session, of: connection.value.account)
        if login == nil { connection.value.sessionEnded() }
        return login
    }
}
