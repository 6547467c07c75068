internal import Community
internal import HTTP
internal import Primitives
internal import Security

/// The rate limits of contracts/chat.md 1.2.
struct ChatRateLimits: Sendable {
    private let signIns: RateLimit
    private let messages: RateLimit
    private let requests: RateLimit
    private let refreshes: RateLimit
    private let limiter: RateLimiter
    private let isOn: Bool
    private let clock: WallClock

    init(_ settings: ChatSettings, limiter: RateLimiter, clock: @escaping WallClock) {
        signIns = RateLimit(name: "sign-in", capacity: settings.signInsPerMinute, per: .seconds(60))
        messages = RateLimit(name: "messages", capacity: settings.messagesPer5Seconds, per: .seconds(5))
        requests = RateLimit(name: "requests", capacity: settings.requestsPerSecond, per: .seconds(1))
        refreshes = RateLimit(name: "refreshes", capacity: settings.requestsPerSecond, per: .seconds(1))
        isOn = settings.limitsRates
        self.limiter = limiter
        self.clock = clock
    }

    /// Counts a login or a registration, or what else tries a password.
    ///
    /// - Parameter address: where from, or whose password it is.
    func countSignIn(from address: String) throws(ChatError) -> RateLimitStatus? {
        try count(address, signIns, isGlobal: false)
    }

    /// Counts a refresh: who asks is not known before the token has been looked up.
    func countRefresh(from address: String) throws(ChatError) -> RateLimitStatus? {
        try count(address, refreshes, isGlobal: false)
    }

    /// Counts a message of a user in a channel.
    func countMessage(of account: AccountID, in channel: ChannelID) throws(ChatError) -> RateLimitStatus? {
        try count("\(account.rawValue):\(channel.rawValue)", messages, isGlobal: false)
    }

    /// Counts any request of a user.
    func countRequest(of account: AccountID) throws(ChatError) -> RateLimitStatus? {
        try count(String(account.rawValue), requests, isGlobal: true)
    }

    /// - Returns: what is left, nil when rates are not limited.
    private func count(_ key: String, _ limit: RateLimit, isGlobal: Bool) throws(ChatError) -> RateLimitStatus? {
        guard isOn else { return nil }
        let now = clock()
        let decision = limiter.take(key, from: limit, at: now)
        let reset = decision.resetAfter.wholeMilliseconds
        let resetAt = now.adding(milliseconds: Int64(reset)).seconds + 1
        guard decision.allowed else {
            throw ChatError(
                status: .tooManyRequests, code: 0, name: "rate_limited",
                message: "At most \(limit.capacity) requests in \(limit.per.wholeMilliseconds / 1_000) seconds.",
                retry: RetryInformation(
                    bucket: limit.name, limit: limit.capacity,
                    afterSeconds: Double(max(decision.retryAfter.wholeMilliseconds, 1)) / 1_000, resetAt: resetAt, isGlobal: isGlobal))
        }
        return RateLimitStatus(
            bucket: limit.name, limit: limit.capacity, remaining: decision.remaining, resetAt: resetAt,
            resetAfterSeconds: Double(reset) / 1_000)
    }
}
