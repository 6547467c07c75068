internal import Community
internal import Dialect
internal import Gateway
internal import Primitives
internal import Reactor
internal import Security
internal import Storage

/// What all gateway sockets share, and the steps of logging in that touch the database.
final class ChatGateway: Sendable {
    /// People that CONNECTED names as present, at most.
    static let presenceLimit = 1_000

    let community: Community
    let hub: Hub
    let registry: SocketRegistry
    let settings: ChatSettings
    let presence: Presence
    let typing: Typing
    private let encoder: ChatEventEncoder
    private let serverEventsEncoder: ChatEventEncoder
    let endedSessions = EndedSessions()
    let helloFrame: [UInt8]
    private let tokens: AccessTokenCodec
    private let sessionIDs: SignedSessionIDCodec
    private let clock: WallClock
    private let reportFailure: @Sendable (any Error) -> Void
    private let perLoop: [LoopBound<GatewaySockets>]

    init(_ services: ChatServices, settings: ChatSettings, typing: Typing) {
        community = services.shared.community
        hub = services.shared.hub
        registry = services.sockets
        self.settings = settings
        presence = Presence(board: services.shared.presence)
        self.typing = typing
        encoder = ChatEventEncoder(presence: presence, includesServerEvents: false)
        serverEventsEncoder = ChatEventEncoder(presence: presence, includesServerEvents: true)
        helloFrame = ServerFrame.hello(heartbeatMilliseconds: settings.heartbeatInterval.wholeMilliseconds)
        tokens = services.accessTokens
        sessionIDs = services.gatewaySessionIDs
        clock = services.shared.clock
        reportFailure = services.shared.reportFailure
        perLoop = services.shared.group.loops.map { LoopBound(GatewaySockets(), loop: $0) }
    }

    /// The sockets of a loop. On that loop only.
    func sockets(of loop: EventLoop) -> GatewaySockets {
        perLoop[loop.index].value
    }

    /// How events become frames for a socket.
    func encoder(withServerEvents: Bool) -> ChatEventEncoder {
        withServerEvents ? serverEventsEncoder : encoder
    }

    /// Tells every client to reconnect and resume (op 7), and closes.
    func drain() {
        presence.board.stop()
        for sockets in perLoop {
            sockets.loop.execute { sockets.value.drain() }
        }
    }

    func report(_ error: any Error) {
        reportFailure(error)
    }

    // MARK: Logging in

    /// What a new session needs to be served.
    func connect(_ identify: ClientFrame.Identify) async -> Result<GatewayArrival, GatewayRefusal> {
        do {
            let claims = try verify(identify.token)
            if let status = identify.status.flatMap({ PresenceStatus(name: $0) }) { try await choose(status, claims) }
            let snapshot = try await community.snapshot(for: claims.account)
            // After the snapshot: a login that ends later reaches the socket as an event.
            guard try await community.session(claims.session, of: claims.account) != nil else {
                return .failure(.close(.authenticationFailed))
            }
            let login = GatewayLogin(account: claims.account, session: GatewaySession(login: claims.session, openedAt: clock()))
            let topics = snapshot.sources.map { TopicID($0) }
            let presencePosition = presence.board.position
            let present = await presence.board.people(in: topics, limit: Self.presenceLimit)
            return .success(
                GatewayArrival(
                    login: login, account: snapshot.account, position: snapshot.position, topics: topics, greeting: .connected(snapshot),
                    present: present.subtracting([claims.account]).sorted(), presencePosition: presencePosition))
        } catch let refusal as GatewayRefusal {
            return .failure(refusal)
        } catch CommunityError.unknownAccount {
            return .failure(.close(.authenticationFailed))
        } catch {
            report(error)
            return .failure(.close(.unknownError))
        }
    }

    /// The status that a client begins with counts before anything is sent.
    private func choose(_ status: PresenceStatus, _ claims: Claims) async throws {
        guard try await community.session(claims.session, of: claims.account) != nil else {
            throw GatewayRefusal.close(.authenticationFailed)
        }
        try await community.choosePresence(status, for: claims.account)
    }

    /// Whose session a client wants to resume.
    func resumedLogin(_ resume: ClientFrame.Resume) throws(GatewayRefusal) -> GatewayLogin {
        let claims = try verify(resume.token)
        guard let signed = sessionIDs.verify(resume.sessionID), signed.accountID == claims.account.rawValue,
            signed.sessionID == claims.session.rawValue
        else { throw .invalidSession }
        let session = GatewaySession(login: claims.session, openedAt: signed.issuedAt)
        guard !endedSessions.contains(session) else { throw .invalidSession }
        return GatewayLogin(account: claims.account, session: session)
    }

    private func verify(_ token: String) throws(GatewayRefusal) -> Claims {
        guard let claims = try? tokens.verify(token, now: clock()) else { throw .close(.authenticationFailed) }
        return Claims(account: AccountID(claims.accountID), session: SessionID(claims.sessionID))
    }

    private struct Claims {
        var account: AccountID
        var session: SessionID
    }

    /// CONNECTED, with those who are there, or RESUMED.
    func greeting(for arrival: GatewayArrival, present: [PresenceChange]) -> [UInt8] {
        let login = arrival.login
        let sessionID = sessionIDs.sign(
            SignedSessionID(
                accountID: login.account.rawValue, sessionID: login.session.login.rawValue, issuedAt: login.session.openedAt))
        return switch arrival.greeting {
        case .connected(let snapshot):
            ServerFrame.connected(
                snapshot, present: present, sessionID: sessionID,
                heartbeatMilliseconds: settings.heartbeatInterval.wholeMilliseconds,
                presence: presence)
        case .resumed(let replayed):
            ServerFrame.resumed(sessionID: sessionID, replayed: replayed)
        }
    }
}
