internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// An error as the Chat API answers it (contracts/chat.md 1.1).
struct ChatError: Error {
    var status: HTTPStatus
    /// The numeric code of the contract's table.
    var code: Int
    /// The short snake_case name, sent as `error`.
    var name: String
    /// A sentence; every limit is named.
    var message: String
    /// What is wrong with single fields.
    var fields: [InvalidField] = []
    /// Set when the client shall wait.
    var retry: RetryInformation?

    /// The answer.
    var response: HTTPResponse {
        let body = Wire.object(capacity: 192) { json in
            json.member("code", code)
            json.member("error", name)
            json.member("message", message)
            if let retry {
                json.member("retry_after", retry.afterSeconds)
                json.member("global", retry.isGlobal)
            }
            guard !fields.isEmpty else { return }
            json.key("errors")
            json.object { Self.write(fields, to: &$0) }
        }
        var response = HTTPResponse.json(body, status: status)
        if status == .unauthorized { response.headers.set("WWW-Authenticate", "Bearer") }
        retry?.add(to: &response.headers)
        return response
    }

    /// `{ "<field>": { "_errors": [ { "code", "message" } ] } }`, each field once.
    private static func write(_ fields: [InvalidField], to json: inout JSONWriter) {
        var written: Set<String> = []
        for field in fields where written.insert(field.name).inserted {
            json.key(field.name)
            json.object { json in
                json.key("_errors")
                json.array { json in
                    for problem in fields where problem.name == field.name {
                        json.object { json in
                            json.member("code", problem.code)
                            json.member("message", problem.message)
                        }
                    }
                }
            }
        }
    }
}

/// How long a client shall wait (contracts/chat.md 1.1, 429).
struct RetryInformation: Sendable {
    /// The name of the bucket.
    var bucket: String
    /// Requests in a full bucket.
    var limit: Int
    /// Seconds until the next request is allowed.
    var afterSeconds: Double
    /// When the bucket is full again, in seconds since the epoch; nil as long as it is not known more exactly than by `afterSeconds`.
    var resetAt: Int64?
    /// Whether the limit is on everything a user does, not on one route.
    var isGlobal: Bool

    /// Fills in when the bucket is full again.
    mutating func complete(at now: Timestamp) {
        resetAt = resetAt ?? now.adding(milliseconds: Int64(afterSeconds * 1_000)).seconds + 1
    }

    func add(to headers: inout HTTPHeaders) {
        let seconds = String(Int(afterSeconds.rounded(.up)))
        headers.set("Retry-After", seconds)
        RateLimitStatus(bucket: bucket, limit: limit, remaining: 0, resetAt: resetAt, resetAfterSeconds: afterSeconds).add(to: &headers)
    }
}
