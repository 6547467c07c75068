internal import HTTP
internal import JSON

/// An error as the Reileta API tells it (contracts/reileta.md 1.1).
struct Failure: Error, Equatable {
    /// The number.
    var code: FailureCode
    /// What is wrong, where there is more to say than the name of the error; every limit is named.
    var detail: String?
    /// Seconds the client shall wait.
    var retryAfter: Int?
    /// Another status than that of the number: for what no number says.
    var otherStatus: HTTPStatus?

    init(_ code: FailureCode, _ detail: String? = nil, retryAfter: Int? = nil, otherStatus: HTTPStatus? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
        self.otherStatus = otherStatus
    }

    /// The status of the answer.
    var status: HTTPStatus { otherStatus ?? code.status }
    /// A sentence for people.
    var message: String { detail.map { "\(code.words): \($0)" } ?? code.words }

    /// The member `error` of an answer or a frame.
    func write(to json: inout JSONWriter) {
        json.member(
            "error",
            object: { json in
                json.member("code", code.rawValue)
                json.member("message", message)
                json.member("status", status.code)
            })
    }
}
