internal import HTTP
internal import JSON

/// What is wrong with one member of a body.
struct InvalidMember: Sendable, Equatable {
    /// Where it stands (RFC 6901).
    var path: String
    var reason: String
}

/// An error as the Cosmos API answers it: `application/problem+json` (RFC 9457, contracts/cosmos.md 2). It never holds a token or a secret.
struct Problem: Error {
    var kind: ProblemKind
    /// A sentence; every limit is named.
    var detail: String
    /// For failed validation.
    var errors: [InvalidMember] = []
    /// For a missing permission: the bits.
    var missing: Int64?
    /// For an unsupported version: those that are.
    var supported: [Int]?
    /// Seconds the client shall wait.
    var retryAfter: Int?
    /// Header fields beside the usual ones.
    var headers: [(name: String, value: String)] = []

    init(_ kind: ProblemKind, _ detail: String? = nil) {
        self.kind = kind
        self.detail = detail ?? "\(kind.title)."
    }

    /// Members that are not what they have to be.
    static func invalid(_ errors: [InvalidMember]) -> Problem {
        var problem = Problem(.invalid, errors.map { "\($0.path): \($0.reason)" }.joined(separator: " "))
        problem.errors = errors
        return problem
    }

    static func invalid(_ path: String, _ reason: String) -> Problem {
        invalid([InvalidMember(path: path, reason: reason)])
    }

    var response: HTTPResponse {
        let body = Wire.object(capacity: 384) { json in
            json.member("type", "urn:cosmos:error:\(kind.code)")
            json.member("title", kind.title)
            json.member("status", kind.status.code)
            json.member("detail", detail)
            json.member("code", kind.code)
            if !errors.isEmpty {
                json.member(
                    "errors",
                    array: { json in
                        for error in errors {
                            json.object { json in
                                json.member("path", error.path)
                                json.member("reason", error.reason)
                            }
                        }
                    })
            }
            if let missing { json.member("missing", missing) }
            if let supported { json.member("supported", array: { json in for version in supported { json.value(version) } }) }
        }
        var response = HTTPResponse.bytes(body, contentType: "application/problem+json", status: kind.status)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        if kind.status.code == 401 { response.headers.set("WWW-Authenticate", challenge) }
        for header in headers { response.headers.set(header.name, header.value) }
        return response
    }

    /// RFC 6750 3: without credentials the scheme only.
    private var challenge: String {
        [4_008, 4_100].contains(kind.code) ? "Bearer" : "Bearer error=\"invalid_token\""
    }
}
