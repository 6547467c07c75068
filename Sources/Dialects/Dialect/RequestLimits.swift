public import Community
public import Primitives
public import Security

/// Counts the requests of addresses and people (contracts/chat.md 1.2). All dialects take from the same buckets: whoever uses two has no more.
public struct RequestLimits: Sendable {
    /// How much there may be.
    public struct Settings: Sendable {
        /// Logins and registrations from one address, in a minute.
        public var signInsPerMinute = 10
        /// Messages of one user in one channel, in five seconds.
        public var messagesPer5Seconds = 5
        /// Requests of one user, in a second.
        public var requestsPerSecond = 50
        /// False switches all rate limits off, for tests and benchmarks.
        public var areOn = true

        /// The defaults of the contract.
        public init() {}
    }

    private let signIns: RateLimit
    private let messages: RateLimit
    private let requests: RateLimit
    private let refreshes: RateLimit
    private let limiter: RateLimiter
    private let isOn: Bool
    private let clock: WallClock

    /// Limits that nobody has used yet.
    public init(_ settings: Settings, limiter: RateLimiter, clock: @escaping WallClock) {
        signIns = RateLimit(name: "sign-in", capacity: settings.signInsPerMinute, per: .seconds(60))
        messages = RateLimit(name: "messages", capacity: settings.messagesPer5Seconds, per: .seconds(5))
        requests = RateLimit(name: "requests", capacity: settings.requestsPerSecond, per: .seconds(1))
        refreshes = RateLimit(name: "refreshes", capacity: settings.requestsPerSecond, per: .seconds(1))
        isOn = settings.areOn
        self.limiter = limiter
        self.clock = clock
    }

    /// Counts a login or a registration, or what else tries a password.
    ///
    /// - Parameter address: where from, or whose password it is.
    public func countSignIn(from address: String) throws(RateLimitReached) -> RateLimitStatus? {
        try count(address, signIns, isGlobal: false)
    }

    /// Counts a refresh: who asks is not known before the token has been looked up.
    public func countRefresh(from address: String) throws(RateLimitReached) -> RateLimitStatus? {
        try count(address, refreshes, isGlobal: false)
    }

    /// Counts a message of a user in a channel.
    public func countMessage(of account: AccountID, in channel: ChannelID) throws(RateLimitReached) -> RateLimitStatus? {
        try count("\(account.rawValue):\(channel.rawValue)", messages, isGlobal: false)
    }

    /// Counts any request of a user.
    public func countRequest(of account: AccountID) throws(RateLimitReached) -> RateLimitStatus? {
        try count(String(account.rawValue), requests, isGlobal: true)
    }

    /// Counts whatever a dialect limits besides.
    ///
    /// - Returns: what is left, nil when rates are not limited.
    public func count(_ key: String, _ limit: RateLimit, isGlobal: Bool = false) throws(RateLimitReached) -> RateLimitStatus? {
        guard isOn else { return nil }
        let now = clock()
        let decision = limiter.take(key, from: limit, at: now)
        let reset = decision.resetAfter.wholeMilliseconds
        let resetAt = now.adding(milliseconds: Int64(reset)).seconds + 1
        guard decision.allowed else {
            let after = Double(max(decision.retryAfter.wholeMilliseconds, 1)) / 1_000
            throw RateLimitReached(
                status: RateLimitStatus(
                    bucket: limit.name, limit: limit.capacity, remaining: 0, resetAt: resetAt, resetAfterSeconds: after),
                afterSeconds: after, isGlobal: isGlobal,
                message: "At most \(limit.capacity) requests in \(limit.per.wholeMilliseconds / 1_000) seconds.")
        }
        return RateLimitStatus(
            bucket: limit.name, limit: limit.capacity, remaining: decision.remaining, resetAt: resetAt,
            resetAfterSeconds: Double(reset) / 1_000)
    }
}

/// A request that is one too many.
public struct RateLimitReached: Error, Sendable {
    /// The limit that is reached.
    public var status: RateLimitStatus
    /// Seconds until the next request is allowed.
    public var afterSeconds: Double
    /// Whether the limit is on everything a user does, not on one route.
    public var isGlobal: Bool
    /// A sentence that names the limit.
    public var message: String
}

extension Duration {
    /// Milliseconds, rounded down.
    public var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
