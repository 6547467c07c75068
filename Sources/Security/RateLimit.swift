/// So many requests in so much time: a bucket that holds `capacity` and fills at an even rate.
public struct RateLimit: Sendable, Equatable {
    /// Names the class of requests; buckets of different classes never meet.
    public var name: String
    /// Requests that a full bucket allows at once. With 0 nothing is allowed.
    public var capacity: Int
    /// How long an empty bucket takes to fill.
    public var per: Duration

    /// A limit.
    public init(name: String, capacity: Int, per: Duration) {
        self.name = name
        self.capacity = capacity
        self.per = per
    }

    /// Microseconds in which one request comes back.
    var period: Int64 {
        let (seconds, attoseconds) = per.components
        return max((seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / Int64(max(capacity, 1)), 1)
    }
}

/// Whether a request is allowed.
public struct RateDecision: Sendable, Equatable {
    /// Whether it is.
    public var allowed: Bool
    /// Requests that a full bucket holds.
    public var limit: Int
    /// Requests left in the bucket.
    public var remaining: Int
    /// Until the next request is allowed; zero when this one was.
    public var retryAfter: Duration
    /// Until the bucket is full.
    public var resetAfter: Duration
}
