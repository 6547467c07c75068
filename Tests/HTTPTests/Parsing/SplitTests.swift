import Testing

@testable import HTTP

/// A stream of bytes has no pieces: TCP cuts it anywhere. Whatever the cut, the same comes out, errors included.
struct SplitTests {
    static let inputs: [(name: String, text: String)] = [
        ("a request without a body", "GET /a?b=c HTTP/1.1\r\nHost: roost\r\nX: y\r\n\r\n"),
        ("a body with a length", "POST / HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhello"),
        (
            "chunks with extensions and trailers",
            "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n5 \t;a=b\r\nhello\r\n1F\r\n0123456789012345678901234567890\r\n0\r\nT: x\r\n\r\n"
        ),
        (
            "three requests in a row, an empty line between",
            "GET /1 HTTP/1.1\r\nHost: r\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\n{}GET /3 HTTP/1.1\r\nHost: r\r\n\r\n"
        ),
        ("an empty line before the first request", "\r\nGET / HTTP/1.1\r\nHost: r\r\n\r\n"),
        ("two empty lines before it", "\r\n\r\nGET / HTTP/1.1\r\nHost: r\r\n\r\n"),
        ("a bare LF after the request line", "GET / HTTP/1.1\nHost: r\r\n\r\n"),
        ("a bare LF at the end of the head", "GET / HTTP/1.1\r\nHost: r\r\n\n"),
        ("a lone LF first", "\nGET / HTTP/1.1\r\nHost: r\r\n\r\n"),
        ("a bad chunk size", "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n"),
        ("a head that is too large", "GET / HTTP/1.1\r\nHost: r\r\nX: \(String(repeating: "a", count: 300))\r\n\r\n"),
        ("a request line that is too large", "GET /\(String(repeating: "a", count: 300)) HTTP/1.1\r\nHost: r\r\n\r\n"),
        ("a head that has not come whole", "GET / HTTP/1.1\r\nHost: r\r\nX: y"),
        ("a body that has not come whole", "POST / HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhel"),
    ]

    static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.headerBytes = 256
        return limits
    }()

    @Test(arguments: inputs) func everyCutInTwoGivesTheSame(_ input: (name: String, text: String)) {
        let bytes = Array(input.text.utf8)
        let whole = ParserRun([bytes[...]], limits: Self.limits)
        for cut in 0...bytes.count {
            let run = ParserRun([bytes[..<cut], bytes[cut...]], limits: Self.limits)
            #expect(run == whole, "\(input.name), cut at \(cut)")
        }
    }

    @Test(arguments: inputs) func byteByByteGivesTheSame(_ input: (name: String, text: String)) {
        let bytes = Array(input.text.utf8)
        #expect(ParserRun(bytes.indices.map { bytes[$0...$0] }, limits: Self.limits) == ParserRun([bytes[...]], limits: Self.limits))
    }

    @Test func everyCutInThreeGivesTheSame() {
        let bytes = Array(
            "\r\nPOST /x HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: r\r\n\r\n"
                .utf8)
        let whole = ParserRun([bytes[...]])
        #expect(whole.requests.count == 2)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let run = ParserRun([bytes[..<first], bytes[first..<second], bytes[second...]])
                #expect(run == whole, "cut at \(first) and \(second)")
            }
        }
    }
}
