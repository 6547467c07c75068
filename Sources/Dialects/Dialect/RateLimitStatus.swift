public import HTTP

/// How much of a limit is left after a request (contracts/chat.md 1.1, the headers of 429; other answers carry them too, so that a client can
/// keep to the limit).
public struct RateLimitStatus: Sendable {
    /// The name of the bucket.
    public var bucket: String
    /// Requests in a full bucket.
    public var limit: Int
    /// Requests that are left.
    public var remaining: Int
    /// When the bucket is full again, in seconds since the epoch; nil as long as that is not known.
    public var resetAt: Int64?
    /// The same in seconds from now.
    public var resetAfterSeconds: Double

    /// A limit as it is after a request.
    public init(bucket: String, limit: Int, remaining: Int, resetAt: Int64?, resetAfterSeconds: Double) {
        self.bucket = bucket
        self.limit = limit
        self.remaining = remaining
        self.resetAt = resetAt
        self.resetAfterSeconds = resetAfterSeconds
    }

    /// Adds the header fields `X-RateLimit-…`.
    public func add(to headers: inout HTTPHeaders) {
        headers.set("X-RateLimit-Limit", String(limit))
        headers.set("X-RateLimit-Remaining", String(remaining))
        if let resetAt { headers.set("X-RateLimit-Reset", String(resetAt)) }
        headers.set("X-RateLimit-Reset-After", String(resetAfterSeconds))
        headers.set("X-RateLimit-Bucket", bucket)
    }
}
