internal import Community
internal import Dialect
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
    /// The limit that is reached.
    var limit: RateLimitStatus
    /// Seconds until the next request is allowed.
    var afterSeconds: Double
    /// Whether the limit is on everything a user does, not on one route.
    var isGlobal: Bool

    /// Fills in when the bucket is full again.
    mutating func complete(at now: Timestamp) {
        limit.resetAt = limit.resetAt ?? now.adding(milliseconds: Int64(afterSeconds * 1_000)).seconds + 1
    }

    func add(to headers: inout HTTPHeaders) {
        headers.set("Retry-After", String(Int(afterSeconds.rounded(.up))))
        limit.add(to: &headers)
    }
}
