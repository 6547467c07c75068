public import Primitives

/// Counts requests by token buckets, in memory: a restart forgets them, and other nodes count for themselves.
///
/// Any thread may ask. The buckets lie in shards, each under a lock of its own that is held for a look-up.
public final class RateLimiter: Sendable {
    /// Buckets that are kept, where nothing else is asked for: some 20 MB with keys of the usual length.
    public static let bucketLimit = 100_000

    private struct Key: Hashable {
        var limit: String
        var key: String
    }

    /// The moment when a bucket will be full says all about it, in microseconds.
    private typealias Buckets = [Key: Int64]

    private final class Shard: Sendable {
        let buckets = Mutex(Buckets())
    }

    private let shards: [Shard]
    private let shardLimit: Int

    /// A limiter that has seen nothing.
    /// - Parameters:
    ///   - bucketLimit: buckets that are kept; full ones go first, then those that are nearest to it.
    ///   - shards: locks that callers spread over.
    public init(bucketLimit: Int = RateLimiter.bucketLimit, shards: Int = 16) {
        self.shards = (0..<max(shards, 1)).map { _ in Shard() }
        shardLimit = max(bucketLimit / max(shards, 1), 1)
    }

    /// Takes one request from the bucket of `key`. A refused request takes nothing.
    /// - Parameter key: who asks; its length is for the caller to bound.
    public func take(_ key: String, from limit: RateLimit, at now: Timestamp) -> RateDecision {
        let period = limit.period
        let whole = period * Int64(max(limit.capacity, 0))
        let key = Key(limit: limit.name, key: key)
        return shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))].buckets.withLock { buckets in
            let known = buckets[key]
            // No bucket is emptier than empty: a clock that was set back does not lock anybody out.
            let full = min(max(known ?? now.microseconds, now.microseconds), now.microseconds + whole)
            // Each request moves the moment by one period; it may not lie further ahead than an empty bucket needs.
            let next = full + period
            let excess = next - now.microseconds - whole
            guard excess <= 0 else {
                // Noted, so that the bucket fills from now on: else it would be found empty until the clock shows its old time again.
                if let known, known > full { buckets[key] = full }
                return RateDecision(
                    allowed: false, limit: limit.capacity, remaining: 0, retryAfter: .microseconds(excess),
                    resetAfter: .microseconds(full - now.microseconds))
            }
            if known == nil, buckets.count >= shardLimit { Self.makeRoom(in: &buckets, limit: shardLimit, at: now) }
            buckets[key] = next
            return RateDecision(
                allowed: true, limit: limit.capacity, remaining: Int(-excess / period), retryAfter: .zero,
                resetAfter: .microseconds(next - now.microseconds))
        }
    }

    /// Buckets that are kept now.
    var count: Int {
        shards.reduce(0) { sum, shard in sum + shard.buckets.withLock { $0.count } }
    }

    /// Makes room for a tenth of the limit at once, so that a flood of keys does not search the shard for each.
    private static func makeRoom(in buckets: inout Buckets, limit: Int, at now: Timestamp) {
        buckets = buckets.filter { $0.value > now.microseconds }
        let surplus = buckets.count - (limit - max(limit / 10, 1))
        guard surplus > 0 else { return }
        // Those that are nearest to full lose the least.
        for (key, _) in buckets.sorted(by: { $0.value < $1.value }).prefix(surplus) { buckets[key] = nil }
    }
}
