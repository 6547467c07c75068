import Testing

@testable import HTTP

/// What two servers could read in two ways is refused (DESIGN section 4, RFC 9112 section 11.2).
struct RefusedRequestTests {
    static let get = "GET / HTTP/1.1\r\nHost: r\r\n"
    static let post = "POST / HTTP/1.1\r\nHost: r\r\n"
    static let chunked = "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let requests: [(text: String, status: Int)] = [
        // Lines: RFC 9112 2.2, 5.1, 5.2.
        ("GET / HTTP/1.1\nHost: r\r\n\r\n", 400), (get + "X: y\n\r\n", 400), (get + "\n", 400), (get + "X: a\rb\r\n\r\n", 400),
        (get + "X: a\0b\r\n\r\n", 400), (get + "X: a\u{1}b\r\n\r\n", 400), (get + "X: a\u{7f}b\r\n\r\n", 400),
        (get + "X: a\r\n b\r\n\r\n", 400), (get + "X: a\r\n\tb\r\n\r\n", 400), (get + "X : a\r\n\r\n", 400), (get + "X\t: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: r\r\n\r\n", 400), (get + "nonsense\r\n\r\n", 400), (get + ": x\r\n\r\n", 400),
        (get + "X(: x\r\n\r\n", 400),
        (get + "\u{e9}: x\r\n\r\n", 400),
        // The request line: RFC 9112 3.
        ("GET HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET\t/ HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET /  HTTP/1.1\r\nHost: r\r\n\r\n", 400), (" GET / HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET /a\u{1} HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET /a#b HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("CONNECT r:443 HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET ftp://r/ HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET http:///a HTTP/1.1\r\nHost: r\r\n\r\n", 400),
        ("GET http://u:p@r/ HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: r\r\n\r\n", 400),
        ("GET / HTTP/11\r\nHost: r\r\n\r\n", 400), ("GET / http/1.1\r\nHost: r\r\n\r\n", 400), ("GET / HTTP/1.x\r\nHost: r\r\n\r\n", 400),
        ("GET /\r\nHost: r\r\n\r\n", 400), ("GET / HTTP/1.1\rHost: r\r\n\r\n", 400),
        // A method that is longer than any.
        ("\(String(repeating: "A", count: 33)) / HTTP/1.1\r\nHost: r\r\n\r\n", 501), (String(repeating: "A", count: 33) + "\r\n\r\n", 400),
        // Versions: RFC 9110 15.6.6. The preface of HTTP/2 is one.
        ("GET / HTTP/2.0\r\nHost: r\r\n\r\n", 505), ("GET / HTTP/0.9\r\nHost: r\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        // Host: RFC 9112 3.2.
        ("GET / HTTP/1.1\r\n\r\n", 400), (get + "Host: r\r\n\r\n", 400), (get + "host: other\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        // Lengths: RFC 9112 6.3.
        (post + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", 400), (post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        (post + "Content-Length: 2, 2\r\n\r\n{}", 400), (post + "Content-Length: -1\r\n\r\n", 400),
        (post + "Content-Length: +2\r\n\r\n{}", 400),
        (post + "Content-Length: 0x2\r\n\r\n{}", 400), (post + "Content-Length: 2 2\r\n\r\n{}", 400),
        (post + "Content-Length:\r\n\r\n", 400),
        (post + "Content-Length: 18446744073709551618\r\n\r\n{}", 400),
        (post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", 400),
        // Transfer codings: RFC 9112 6.1, 6.3.
        (post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400), (post + "Transfer-Encoding: chunked, identity\r\n\r\n", 400),
        (post + "Transfer-Encoding: xchunked\r\n\r\n", 400), (post + "Transfer-Encoding: identity\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked,\r\n\r\n", 400), (post + "Transfer-Encoding: ,chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding:\r\n\r\n", 400), (post + "Transfer-Encoding: \u{b}chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked;q=1\r\n\r\n", 400), (post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (post + "Content-Length: 1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        // Chunks: RFC 9112 7.1.
        (chunked + "zz\r\n", 400), (chunked + "+2\r\n{}\r\n", 400), (chunked + "0x2\r\n", 400), (chunked + "\r\n", 400),
        (chunked + ";a\r\n", 400),
        (chunked + " 2\r\n{}\r\n", 400), (chunked + "2 \r\n{}\r\n", 400), (chunked + "1000000000000000\r\n", 400),
        (chunked + "1\r\n{}\r\n", 400),
        (chunked + "2\r\n{}\n0\r\n\r\n", 400), (chunked + "2\r\n{}x\n0\r\n\r\n", 400), (chunked + "0\r\nX y: z\r\n\r\n", 400),
        // RFC 9112 2.2: one empty line before a request line is passed over, and no more. A line that ends wrong is refused at once.
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: r\r\n\r\n", 400), ("GET / HTTP/1.1\n", 400), (chunked + "2\n{}\r\n", 400),
        (chunked + "2\r{}\r\n", 400), (chunked + "2;a\n{}\r\n", 400),
        (chunked + "2;a\u{1}\r\n{}\r\n", 400), (chunked + "0\r\nX y\r\n\r\n", 400), (chunked + "0\r\n X: y\r\n\r\n", 400),
        (chunked + "0\r\nX: y\n\r\n", 400), (chunked + "0\r\n\n", 400), (chunked + "0\r\n:\r\n\r\n", 400),
        // Blanks behind a size have their place before an extension only; a lone CR ends nothing, and hides in no extension and no trailer.
        (chunked + "2\t\r\n{}\r\n", 400), (chunked + "2 2;a\r\n{}\r\n", 400), (chunked + "2 \n{}\r\n", 400), (chunked + " ;a\r\n", 400),
        (chunked + "2;a\rb\r\n{}\r\n", 400), (chunked + "0\r\nX: a\rb\r\n\r\n", 400), (chunked + "2\r\n{}\r0\r\n\r\n", 400),
        (chunked + "0\r\nX : y\r\n\r\n", 400), (chunked + "0\r\nX: a\r\n\tb\r\n\r\n", 400), (chunked + "0\r\nX: a\u{1}\r\n\r\n", 400),
        // Expectations: RFC 9110 10.1.1.
        (post + "Expect: coffee\r\nContent-Length: 1\r\n\r\nx", 417), (post + "Expect: 100-continue, x\r\n\r\n", 417),
    ]

    @Test(arguments: requests) func isRefused(_ row: (text: String, status: Int)) {
        #expect(ParserRun(row.text).error?.status.code == row.status, "\(ParserRun(row.text))")
    }

    /// Every limit is exact, and is named by the error.
    @Test func limitsHoldToTheByte() {
        var limits = HTTPLimits()
        limits.headerBytes = 100
        limits.targetBytes = 10
        limits.headerFields = 3
        limits.bodyBytes = 8
        func error(_ text: String) -> HTTPError? { ParserRun(text, limits: limits).error }
        func head(_ size: Int) -> String {
            let start = "GET / HTTP/1.1\r\nHost: r\r\nX: "
            return start + String(repeating: "a", count: size - start.utf8.count - 4) + "\r\n\r\n"
        }
        #expect(error(head(100)) == nil)
        #expect(error(head(101)) == .headerTooLarge(limit: 100))
        #expect(error("GET /123456789 HTTP/1.1\r\nHost: r\r\n\r\n") == nil)
        #expect(error("GET /1234567890 HTTP/1.1\r\nHost: r\r\n\r\n") == .targetTooLong(limit: 10))
        #expect(error("GET /" + String(repeating: "a", count: 200)) == .targetTooLong(limit: 10))
        #expect(error("GET / HTTP/1.1\r\nHost: r\r\nA:\r\nB:\r\n\r\n") == nil)
        #expect(error("GET / HTTP/1.1\r\nHost: r\r\nA:\r\nB:\r\nC:\r\n\r\n") == .tooManyFields(limit: 3))
        #expect(error(Self.post + "Content-Length: 8\r\n\r\n") == nil)
        #expect(error(Self.post + "Content-Length: 9\r\n\r\n") == .bodyTooLarge(limit: 8))
        #expect(error(Self.chunked + "4\r\nabcd\r\n4\r\nabcd\r\n") == nil)
        #expect(error(Self.chunked + "4\r\nabcd\r\n5\r\n") == .bodyTooLarge(limit: 8))
        #expect(error(Self.chunked + "0\r\nA:\r\nB:\r\nC:\r\nD:\r\n") == .tooManyFields(limit: 3))
    }

    /// Extensions and trailers carry nothing that is wanted: together they have 4 KiB.
    @Test func extensionsAndTrailersAreBounded() {
        let long = String(repeating: "a", count: 4_097)
        #expect(ParserRun(Self.chunked + "1;" + long).error == .headerTooLarge(limit: 4_096))
        #expect(ParserRun(Self.chunked + "0\r\nX:" + long).error == .headerTooLarge(limit: 4_096))
        #expect(ParserRun(Self.chunked + "1" + String(repeating: " ", count: 4_097)).error == .headerTooLarge(limit: 4_096))
        let many = String(repeating: "1;aaaaaaaaa\r\nx\r\n", count: 456)
        #expect(ParserRun(Self.chunked + many).error == .headerTooLarge(limit: 4_096))
    }
}
