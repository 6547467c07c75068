internal import HTTP
internal import JSON

/// An error as the Dawchat API answers it: `application/problem+json` (RFC 9457, contracts/dawchat.md 1.1).
struct Problem: Error {
    var kind: ProblemKind
    /// A sentence; every limit is named.
    var detail: String
    /// Seconds the client shall wait.
    var retryAfter: Int?

    init(_ kind: ProblemKind, detail: String? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail ?? kind.detail
        self.retryAfter = retryAfter
    }

    /// A part of the request that is not what it has to be.
    static func invalid(_ detail: String) -> Problem {
        Problem(.invalidRequestParameters, detail: detail)
    }

    /// The answer. The text stands twice: the seed calls it `details`, its clients read `detail`.
    var response: HTTPResponse {
        let body = Wire.object { json in
            json.member("type", kind.type)
            json.member("title", kind.title)
            json.member("detail", detail)
            json.member("details", detail)
            json.member("status", kind.status.code)
            json.member("code", kind.code)
        }
        var response = HTTPResponse.bytes(body, contentType: "application/problem+json", status: kind.status)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        return response
    }
}
