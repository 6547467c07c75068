internal import Reactor

/// The server side of one gateway connection (contracts/chat.md 4): what to do with each thing that happens. No I/O, no clock.
struct GatewayProtocol {
    enum State: Equatable {
        /// Waits for op 3 or op 6.
        case awaitingIdentity
        /// A token is being looked at, or a replay is being read.
        case authenticating
        case serving
        case closed
    }

    enum Action: Equatable {
        case acknowledgeHeartbeat
        case identify(ClientFrame.Identify)
        case resume(ClientFrame.Resume)
        case setPresence(status: String)
        case startTyping(channel: String)
        case close(ChatCloseCode)
        case nothing
    }

    /// A client has this long to identify (4.3).
    static let identityLimit = Duration.seconds(10)
    /// After INVALID_SESSION it has this long (4.6).
    static let secondIdentityLimit = Duration.seconds(5)

    private(set) var state = State.awaitingIdentity
    private let heartbeatLimit: Duration
    private var lastHeartbeat: MonotonicInstant
    private var identityDeadline: MonotonicInstant
    /// Nil when rates are not limited.
    private var frames: FrameCounter?

    init(heartbeatInterval: Duration, limitsRates: Bool = true, at now: MonotonicInstant) {
        heartbeatLimit = heartbeatInterval * 3 / 2
        lastHeartbeat = now
        identityDeadline = now + Self.identityLimit
        frames = limitsRates ? FrameCounter() : nil
    }

    // MARK: What happens

    /// The upgrade request carried a token.
    mutating func tokenCameWithHandshake() {
        state = .authenticating
    }

    /// A text frame arrived.
    mutating func received(_ bytes: [UInt8], at now: MonotonicInstant) -> Action {
        guard state != .closed else { return .nothing }
        guard frames?.count(at: now) ?? true else { return close(.rateLimited) }
        do throws(ClientFrame.Failure) {
            return received(try ClientFrame.parse(bytes), at: now)
        } catch {
            return close(code(for: error))
        }
    }

    private func code(for failure: ClientFrame.Failure) -> ChatCloseCode {
        switch failure {
        case .unreadable: .badFrame
        // Before authentication nothing but op 1, 3 and 6 has a meaning (4.3).
        case .wrongShape(let operation) where [1, 3, 6].contains(operation): .badOperation
        case .unknownOperation, .wrongShape: state == .awaitingIdentity ? .notAuthenticated : .badOperation
        }
    }

    private mutating func received(_ frame: ClientFrame, at now: MonotonicInstant) -> Action {
        switch (frame, state) {
        case (.heartbeat, _):
            lastHeartbeat = now
            return .acknowledgeHeartbeat
        case (.identify(let identify), .awaitingIdentity):
            state = .authenticating
            return .identify(identify)
        case (.resume(let resume), .awaitingIdentity):
            state = .authenticating
            return .resume(resume)
        case (.identify, _), (.resume, _):
            return close(.alreadyAuthenticated)
        case (_, .awaitingIdentity):
            return close(.notAuthenticated)
        case (.setPresence(let status), _):
            return .setPresence(status: status)
        case (.startTyping(let channel), _):
            return .startTyping(channel: channel)
        }
    }

    /// The token was good, and CONNECTED or RESUMED is about to be sent.
    mutating func authenticated(at now: MonotonicInstant) {
        guard state == .authenticating else { return }
        state = .serving
    }

    /// The session cannot be resumed: INVALID_SESSION is about to be sent, and the client may identify anew.
    mutating func resumeRefused(at now: MonotonicInstant) {
        guard state == .authenticating else { return }
        state = .awaitingIdentity
        identityDeadline = now + Self.secondIdentityLimit
    }

    /// A binary or oversized frame arrived.
    mutating func receivedUnreadableFrame() -> Action {
        close(.badFrame)
    }

    /// The deadline told by `nextDeadline` may have passed.
    mutating func deadlinePassed(at now: MonotonicInstant) -> Action {
        switch state {
        case .closed: return .nothing
        case .awaitingIdentity where now >= identityDeadline: return close(.notAuthenticated)
        case _ where now >= lastHeartbeat + heartbeatLimit: return close(.heartbeatMissed)
        default: return .nothing
        }
    }

    /// The socket has been or is being closed.
    mutating func close(_ code: ChatCloseCode) -> Action {
        guard state != .closed else { return .nothing }
        state = .closed
        return .close(code)
    }

    /// When to look again. Moves on with every heartbeat, so look at it when the timer fires rather than when a frame arrives.
    var nextDeadline: MonotonicInstant {
        let heartbeat = lastHeartbeat + heartbeatLimit
        return state == .awaitingIdentity ? min(heartbeat, identityDeadline) : heartbeat
    }
}
