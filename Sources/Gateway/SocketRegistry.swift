public import Community
internal import Primitives
public import Reactor

/// A socket that holds a gateway session.
public protocol SessionHolder: AnyObject {
    /// The session goes on on another socket: close this one.
    func giveWay()
}

/// The sockets of each account over all loops: nobody holds more than a bounded number, and a gateway session lives on one socket.
public final class SocketRegistry: Sendable {
    /// What a socket holds while it is logged in.
    public struct Place: Hashable, Sendable {
        let number: UInt64
    }

    private struct Holder {
        let number: UInt64
        let session: GatewaySession
        let socket: LoopBound<any SessionHolder>
    }

    private struct State {
        var holders: [AccountID: [Holder]] = [:]
        var count = 0
    }

    /// What happens when an account has as many sockets as it may.
    public enum WhenFull: Sendable {
        /// One more is refused.
        case refuse
        /// The one that came first gives way: it may be a line that is dead already.
        case oldestGivesWay
    }

    /// Places have numbers that no other registry gives out: presence tells sockets apart by them.
    private static let lastNumber = Mutex<UInt64>(0)

    /// Sockets one account may have at a time.
    public let limit: Int

    private let whenFull: WhenFull
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: sockets one account may have at a time (contracts/chat.md 4.6: 10).
    ///   - whenFull: what happens when it has as many.
    public init(limit: Int = 10, whenFull: WhenFull = .refuse) {
        self.limit = limit
        self.whenFull = whenFull
    }

    /// Takes a place for one more socket. A socket that holds the same gateway session gives way: its client has come back on a new line.
    ///
    /// - Parameters:
    ///   - socket: told, on its loop, when a later one takes over the session.
    ///   - own: the place that the socket itself has: it gets another for it.
    /// - Returns: nil when the account has as many sockets as it may, and none gives way.
    public func enter(
        _ account: AccountID, session: GatewaySession, socket: LoopBound<any SessionHolder>, inPlaceOf own: Place? = nil
    ) -> Place? {
        let (place, former) = state.withLock { state -> (Place?, Holder?) in
            var holders = state.holders[account] ?? []
            let before = holders.count
            holders.removeAll { $0.number == own?.number }
            var former = holders.firstIndex { $0.session == session }.map { holders.remove(at: $0) }
            if holders.count >= limit {
                guard whenFull == .oldestGivesWay, !holders.isEmpty else { return (nil, nil) }
                former = holders.removeFirst()
            }
            let number = Self.nextNumber()
            holders.append(Holder(number: number, session: session, socket: socket))
            state.holders[account] = holders
            state.count += holders.count - before
            return (Place(number: number), former)
        }
        if let socket = former?.socket { socket.loop.execute { socket.value.giveWay() } }
        return place
    }

    private static func nextNumber() -> UInt64 {
        lastNumber.withLock { number in
            number += 1
            return number
        }
    }

    /// Sockets of all accounts.
    public var count: Int {
        state.withLock { $0.count }
    }

    /// Whether the account has a socket.
    public func isConnected(_ account: AccountID) -> Bool {
        state.withLock { $0.holders[account] != nil }
    }

    /// Gives a place back; nothing happens when it has been taken over.
    public func leave(_ place: Place, of account: AccountID) {
        state.withLock { state in
            guard var holders = state.holders[account], let index = holders.firstIndex(where: { $0.number == place.number }) else {
                return
            }
            holders.remove(at: index)
            state.holders[account] = holders.isEmpty ? nil : holders
            state.count -= 1
        }
    }
}
