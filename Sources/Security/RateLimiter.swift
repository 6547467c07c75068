public import Primitives
internal import Synchronization

/// So many requests in so much time: a bucket that holds `capacity` and fills at an even rate.
public struct RateLimit: Sendable, Equatable {
    /// Names the class of requests; buckets of different classes never meet.
    public var name: String
    /// Requests that a full bucket allows at once.
    public var capacity: Int
    /// How long an empty bucket takes to fill.
    public var per: Duration

    /// A limit.
    public init(name: String, capacity: Int, per: Duration) {
        self.name = name
        self.capacity = capacity
        self.per = per
    }
}

/// Whether a request is allowed.
public struct RateDecision: Sendable, Equatable {
    /// Whether it is.
    public var allowed: Bool
    /// Requests left in the bucket.
    public var remaining: Int
    /// Until the next request is allowed; zero when it is now.
    public var retryAfter: Duration
    /// Until the bucket is full.
    public var resetAfter: Duration
}

/// Counts requests by token buckets, in memory: a restart forgets them, and other nodes count for themselves.
public final class RateLimiter: Sendable {
    /// Buckets that are kept; full ones go first, then any.
    public static let bucketLimit = 100_000

    private struct Key: Hashable {
        var limit: String
        var key: String
    }

    /// The moment when the bucket will be full says all about it.
    private let fullAt = Mutex<[Key: Timestamp]>([:])

    /// A limiter that has seen nothing.
    public init() {}

    /// Takes one request from the bucket of `key`.
    public func take(_ key: String, from limit: RateLimit, at now: Timestamp) -> RateDecision {
        let period = max(limit.per.microseconds / Int64(max(limit.capacity, 1)), 1)
        let whole = period * Int64(limit.capacity)
        return fullAt.withLock { buckets in
            let key = Key(limit: limit.name, key: key)
            let full = max(buckets[key] ?? now, now)
            // Each request moves the moment by one period; it may not lie further ahead than an empty bucket needs.
            let next = full.microseconds + period
            let excess = next - now.microseconds - whole
            guard excess <= 0 else {
                return RateDecision(
                    allowed: false, remaining: 0, retryAfter: .microseconds(excess),
                    resetAfter: .microseconds(full.microseconds - now.microseconds))
            }
            if buckets.count >= Self.bucketLimit, buckets[key] == nil { Self.makeRoom(in: &buckets, at: now) }
            buckets[key] = Timestamp(microseconds: next)
            return RateDecision(
                allowed: true, remaining: Int(-excess / period), retryAfter: .zero, resetAfter: .microseconds(next - now.microseconds))
        }
    }

    private static func makeRoom(in buckets: inout [Key: Timestamp], at now: Timestamp) {
        buckets = buckets.filter { $0.value > now }
        guard buckets.count >= bucketLimit else { return }
        for key in buckets.keys.prefix(bucketLimit / 10) { buckets[key] = nil }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
