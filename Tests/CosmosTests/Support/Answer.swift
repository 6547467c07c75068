import HTTP
import JSON

/// An answer, read.
struct Answer: Sendable {
    /// What should not have been answered.
    struct Unexpected: Error {
        let answer: Answer
    }

    let status: Int
    let headers: HTTPHeaders
    let text: String

    init(_ response: HTTPResponse) {
        status = response.status.code
        headers = response.headers
        guard case .bytes(let bytes) = response.body else {
            text = ""
            return
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The members of the object that was answered; none when it is none.
    var object: JSONObject? { try? JSONValue.parse(Array(text.utf8)).object() }

    /// The number of the error; nil without one.
    var code: Int64? { integer("code") }

    func integer(_ name: String) -> Int64? { object.flatMap { try? $0[name]?.integer() } }

    func string(_ name: String) -> String? { object.flatMap { try? $0[name]?.string() } }

    func has(_ name: String) -> Bool { object?.contains(name) ?? false }

    /// The first value of a header field.
    subscript(_ name: String) -> String? { headers[first: name] }
}
