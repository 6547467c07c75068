internal import Community
internal import HTTP
internal import Primitives
internal import Security

/// The rate limits of contracts/chat.md 1.2.
struct ChatRateLimits: Sendable {
    static let signIn = RateLimit(name: "sign-in", capacity: 10, per: .seconds(60))
    static let messages = RateLimit(name: "messages", capacity: 5, per: .seconds(5))
    static let requests = RateLimit(name: "requests", capacity: 50, per: .seconds(1))
    static let refreshes = RateLimit(name: "refreshes", capacity: 50, per: .seconds(1))

    let limiter: RateLimiter
    let isOn: Bool
    let clock: WallClock

    /// Counts a login or a registration.
    func countSignIn(from address: String) throws(ChatError) {
        try count(address, Self.signIn, isGlobal: false)
    }

    /// Counts a refresh: who asks is not known before the token has been looked up.
    func countRefresh(from address: String) throws(ChatError) {
        try count(address, Self.refreshes, isGlobal: false)
    }

    /// Counts a message of a user in a channel.
    func countMessage(of account: AccountID, in channel: ChannelID) throws(ChatError) {
        try count("\(account.rawValue):\(channel.rawValue)", Self.messages, isGlobal: false)
    }

    /// Counts any request of a user.
    func countRequest(of account: AccountID) throws(ChatError) {
        try count(String(account.rawValue), Self.requests, isGlobal: true)
    }

    private func count(_ key: String, _ limit: RateLimit, isGlobal: Bool) throws(ChatError) {
        guard isOn else { return }
        let now = clock()
        let decision = limiter.take(key, from: limit, at: now)
        guard !decision.allowed else { return }
        let reset = decision.resetAfter.wholeMilliseconds
        throw ChatError(
            status: .tooManyRequests, code: 0, name: "rate_limited",
            message: "At most \(limit.capacity) requests in \(limit.per.wholeMilliseconds / 1_000) seconds.",
            retry: RetryInformation(
                bucket: limit.name, limit: limit.capacity, afterSeconds: Double(max(decision.retryAfter.wholeMilliseconds, 1)) / 1_000,
                resetAt: now.adding(milliseconds: Int64(reset)).seconds + 1, isGlobal: isGlobal))
    }
}
