@testable import HTTP

/// What a parser makes of some bytes: requests with their bodies put together, and the error at the end if there is one.
struct ParserRun: Equatable, CustomStringConvertible {
    var requests: [String] = []
    var error: HTTPError?
    var isBetweenRequests = true

    var description: String { "\(requests) \(error.map { "\($0)" } ?? "no error") between: \(isBetweenRequests)" }

    /// Feeds the pieces one after the other.
    init(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) {
        var parser = RequestParser(limits: limits)
        var body: [UInt8] = []
        do throws(HTTPError) {
            for piece in pieces {
                let piece = Array(piece)
                var offset = 0
                while let event = try Self.next(&parser, piece, &offset) {
                    switch event {
                    case .head(let head): requests.append(Self.text(head))
                    case .body(let range): body += piece[range]
                    case .end:
                        requests[requests.count - 1] += " [\(String(decoding: body, as: UTF8.self))]"
                        body = []
                    }
                }
                if offset != piece.count { requests.append("not all used: \(offset) of \(piece.count)") }
            }
        } catch {
            self.error = error
        }
        if !body.isEmpty, error == nil { requests[requests.count - 1] += " partly [\(String(decoding: body, as: UTF8.self))]" }
        if error == nil { isBetweenRequests = parser.isBetweenRequests }
    }

    init(_ text: String, limits: HTTPLimits = HTTPLimits()) {
        self.init([Array(text.utf8)[...]], limits: limits)
    }

    private static func next(
        _ parser: inout RequestParser, _ piece: [UInt8], _ offset: inout Int
    ) throws(HTTPError) -> RequestParser.Event? {
        let result = piece.withUnsafeBytes { bytes in
            Result { () throws(HTTPError) in try parser.next(in: bytes, from: &offset) }
        }
        return try result.get()
    }

    private static func text(_ head: RequestHead) -> String {
        let fields = head.headers.fields.map { "\(head.headers.text($0.name))=\(head.headers.text($0.value))" }.joined(separator: "|")
        return "\(head.method.rawValue) \(head.target) path:\(head.path) 1.\(head.minorVersion) \(head.framing) "
            + "keeps:\(head.keepsAlive) continue:\(head.expectsContinue) {\(fields)}"
    }
}
