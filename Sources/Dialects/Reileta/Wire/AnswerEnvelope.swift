internal import Community
internal import HTTP
internal import JSON
internal import Primitives

/// What every answer is wrapped in (contracts/reileta.md 1.1). Members that are not there are left out.
enum AnswerEnvelope {
    /// An answer with data.
    ///
    /// - Parameters:
    ///   - target: path and query of the request, as they were sent.
    ///   - data: writes one value.
    static func success(_ target: String, at now: Timestamp, capacity: Int = 512, _ data: (inout JSONWriter) -> Void) -> HTTPResponse {
        var json = JSONWriter(capacity: capacity)
        json.object { json in
            json.member("request", target)
            json.key("data")
            data(&json)
            json.member("time", now.wireMilliseconds)
        }
        return uncached(.json(json.bytes))
    }

    /// An answer with an error.
    static func failure(_ failure: Failure, _ target: String, at now: Timestamp) -> HTTPResponse {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("request", target)
            json.member("time", now.wireMilliseconds)
            failure.write(to: &json)
        }
        var response = uncached(.json(json.bytes, status: failure.status))
        if let retryAfter = failure.retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        return response
    }

    /// Nobody keeps an answer, unless it says something else already.
    static func uncached(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        guard response.headers[first: "cache-control"] == nil else { return response }
        response.headers.set("Cache-Control", "no-cache, no-store, must-revalidate")
        response.headers.set("Pragma", "no-cache")
        response.headers.set("Expires", "0")
        return response
    }
}
