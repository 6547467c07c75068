internal import HTTP

/// How much of a limit is left after a request (contracts/chat.md 1.1, the headers of 429; other answers carry them too, so that a client can
/// keep to the limit).
struct RateLimitStatus: Sendable {
    /// The name of the bucket.
    var bucket: String
    /// Requests in a full bucket.
    var limit: Int
    /// Requests that are left.
    var remaining: Int
    /// When the bucket is full again, in seconds since the epoch; nil as long as that is not known.
    var resetAt: Int64?
    /// The same in seconds from now.
    var resetAfterSeconds: Double

    func add(to headers: inout HTTPHeaders) {
        headers.set("X-RateLimit-Limit", String(limit))
        headers.set("X-RateLimit-Remaining", String(remaining))
        if let resetAt { headers.set("X-RateLimit-Reset", String(resetAt)) }
        headers.set("X-RateLimit-Reset-After", String(resetAfterSeconds))
        headers.set("X-RateLimit-Bucket", bucket)
    }
}
