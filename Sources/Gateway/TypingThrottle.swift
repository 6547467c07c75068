public import Community
public import Primitives

/// Lets somebody be shown as typing in a channel once in a while (contracts/chat.md 5.6). In memory, and bounded: the oldest are forgotten first.
public struct TypingThrottle: Sendable {
    /// Seconds from one time to the next.
    public static let seconds: Int64 = 5
    /// People in channels that are remembered.
    public static let limit = 16_384

    private struct Key: Hashable {
        let account: AccountID
        let channel: ChannelID
    }

    private let limit: Int
    private var times: [Key: Timestamp] = [:]
    /// In the order of their times. A slice, which gives up its first element without moving the others.
    private var order: ArraySlice<(key: Key, time: Timestamp)> = []

    /// A throttle that has seen nothing.
    ///
    /// - Parameter limit: people in channels that are remembered.
    public init(limit: Int = TypingThrottle.limit) {
        self.limit = max(limit, 1)
    }

    /// Whether the account may be shown in the channel.
    public func admits(_ account: AccountID, in channel: ChannelID, at now: Timestamp) -> Bool {
        guard let last = times[Key(account: account, channel: channel)] else { return true }
        return !Self.isRecent(last, at: now)
    }

    /// The same, and counts it when it may.
    public mutating func admit(_ account: AccountID, in channel: ChannelID, at now: Timestamp) -> Bool {
        guard admits(account, in: channel, at: now) else { return false }
        while let first = order.first, order.count >= limit || !Self.isRecent(first.time, at: now) {
            order.removeFirst()
            // It may have been counted again since.
            if times[first.key] == first.time { times[first.key] = nil }
        }
        let key = Key(account: account, channel: channel)
        times[key] = now
        order.append((key, now))
        return true
    }

    /// People in channels that are remembered now.
    var count: Int { order.count }

    /// A time that is still to come was noted before the clock was set back.
    private static func isRecent(_ time: Timestamp, at now: Timestamp) -> Bool {
        time <= now && now < time.adding(seconds: seconds)
    }
}
