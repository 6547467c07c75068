public import Community
internal import Synchronization

/// Counts the sockets of each account over all loops, so that nobody holds more than a bounded number.
public final class SocketRegistry: Sendable {
    /// Sockets one account may have at a time.
    public let limit: Int

    private let counts = Mutex<[AccountID: Int]>([:])

    /// - Parameter limit: sockets one account may have at a time (contracts/chat.md 4.6: 10).
    public init(limit: Int = 10) {
        self.limit = limit
    }

    /// Takes a place for one more socket; false when the account has as many as it may.
    public func enter(_ account: AccountID) -> Bool {
        counts.withLock { counts in
            let count = counts[account, default: 0]
            guard count < limit else { return false }
            counts[account] = count + 1
            return true
        }
    }

    /// Sockets of all accounts.
    public var count: Int {
        counts.withLock { $0.values.reduce(0, +) }
    }

    /// Whether the account has a socket.
    public func isConnected(_ account: AccountID) -> Bool {
        counts.withLock { $0[account] != nil }
    }

    /// Gives a place back.
    public func leave(_ account: AccountID) {
        counts.withLock { counts in
            guard let count = counts[account] else { return }
            counts[account] = count > 1 ? count - 1 : nil
        }
    }
}
