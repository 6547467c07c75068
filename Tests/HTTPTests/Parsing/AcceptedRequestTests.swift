import Testing

@testable import HTTP

/// What RFC 9112 allows.
struct AcceptedRequestTests {
    static let heads: [(head: String, expected: String)] = [
        ("GET / HTTP/1.1\r\nHost: r\r\n\r\n", "GET / path:/ 1.1 none keeps:true continue:false {Host=r} []"),
        // RFC 9110 5.5: blanks around a value are no part of it; it may be empty, and have bytes above ASCII.
        (
            "GET / HTTP/1.1\r\nHost:r\r\nA: \t b c \t\r\nE:\r\nU: \u{e9}\r\n\r\n",
            "GET / path:/ 1.1 none keeps:true continue:false {Host=r|A=b c|E=|U=\u{e9}} []"
        ),
        // RFC 9112 3.2.2: absolute targets have to be understood.
        ("GET http://roost:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a?b path:/a 1.1 none keeps:true continue:false {Host=x} []"),
        ("GET HTTPS://roost?x=/y HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?x=/y path:/ 1.1 none keeps:true continue:false {Host=x} []"),
        ("GET http://roost HTTP/1.1\r\nHost: x\r\n\r\n", "GET / path:/ 1.1 none keeps:true continue:false {Host=x} []"),
        // RFC 9112 3.2.4.
        ("OPTIONS * HTTP/1.1\r\nHost: r\r\n\r\n", "OPTIONS * path:* 1.1 none keeps:true continue:false {Host=r} []"),
        ("OPTIONS http://roost HTTP/1.1\r\nHost: r\r\n\r\n", "OPTIONS * path:* 1.1 none keeps:true continue:false {Host=r} []"),
        // RFC 9110 9.1: methods are tokens; unknown ones are the router's business.
        ("M-SEARCH /?q=? HTTP/1.1\r\nHost: r\r\n\r\n", "M-SEARCH /?q=? path:/ 1.1 none keeps:true continue:false {Host=r} []"),
        // RFC 9112 9.3, 9.6.
        (
            "GET / HTTP/1.1\r\nHost: r\r\nConnection: x, Close\r\n\r\n",
            "GET / path:/ 1.1 none keeps:false continue:false {Host=r|Connection=x, Close} []"
        ),
        ("GET / HTTP/1.0\r\n\r\n", "GET / path:/ 1.0 none keeps:false continue:false {} []"),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / path:/ 1.0 none keeps:false continue:false {Connection=keep-alive} []"),
        // RFC 9110 10.1.1: without a body, and in HTTP/1.0, there is nothing to continue with.
        (
            "GET / HTTP/1.1\r\nHost: r\r\nExpect: 100-Continue\r\n\r\n",
            "GET / path:/ 1.1 none keeps:true continue:false {Host=r|Expect=100-Continue} []"
        ),
        (
            "POST / HTTP/1.1\r\nHost: r\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            "POST / path:/ 1.1 length(1) keeps:true continue:true {Host=r|Expect=100-continue|Content-Length=1} [x]"
        ),
        ("GET / HTTP/1.0\r\nExpect: else\r\n\r\n", "GET / path:/ 1.0 none keeps:false continue:false {Expect=else} []"),
        // RFC 9112 7.1: sizes in either case, with leading zeros; coding names ignore case.
        (
            "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: CHUNKED\r\n\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nA: b\r\nC:\r\n\r\n",
            "POST / path:/ 1.1 chunked keeps:true continue:false {Host=r|Transfer-Encoding=CHUNKED} [0123456789]"
        ),
        // RFC 9112 7.1.1: blanks around the parts of an extension are read over.
        (
            "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n2 \t; a = b ;c\r\nab\r\n0 ;d\r\n\r\n",
            "POST / path:/ 1.1 chunked keeps:true continue:false {Host=r|Transfer-Encoding=chunked} [ab]"
        ),
        // RFC 9110 6.5.1: trailers are never merged into the header, whatever they are called.
        (
            "POST / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\nHost: other\r\nTransfer-Encoding: x\r\n\r\n",
            "POST / path:/ 1.1 chunked keeps:true continue:false {Host=r|Transfer-Encoding=chunked} []"
        ),
        // RFC 9110 2.5: a higher minor version is treated as 1.1.
        ("GET / HTTP/1.2\r\nHost: r\r\n\r\n", "GET / path:/ 1.1 none keeps:true continue:false {Host=r} []"),
        (
            "\(String(repeating: "A", count: 32)) / HTTP/1.1\r\nHost: r\r\n\r\n",
            "\(String(repeating: "A", count: 32)) / path:/ 1.1 none keeps:true continue:false {Host=r} []"
        ),
        (
            "POST / HTTP/1.1\r\nHost: r\r\nContent-Length: 000\r\n\r\n",
            "POST / path:/ 1.1 none keeps:true continue:false {Host=r|Content-Length=000} []"
        ),
        // RFC 9112 3.2: a target without an authority has an empty Host. IPv6 has brackets.
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / path:/ 1.1 none keeps:true continue:false {Host=} []"),
        ("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET / path:/ 1.1 none keeps:true continue:false {Host=[::1]:8080} []"),
    ]

    @Test(arguments: heads) func isRead(_ row: (head: String, expected: String)) {
        let run = ParserRun(row.head)
        #expect(run.error == nil)
        #expect(run.requests == [row.expected])
        #expect(run.isBetweenRequests)
    }

    /// RFC 9112 3.2.2: the host of an absolute target goes before the Host field.
    @Test func theHostIsThatOfTheTarget() throws {
        #expect(try Requests.make("GET", "http://inner:81/x").host == "inner:81")
        #expect(try Requests.make("GET", "/x").host == "roost")
    }

    @Test func fieldsAreFoundIgnoringCase() throws {
        let headers = try Requests.headers([("X-One", "1"), ("x-one", "2, , 3"), ("Other", "4")])
        #expect(headers[first: "X-ONE"] == "1")
        #expect(headers.all("x-One") == ["1", "2, , 3"])
        #expect(headers.list("x-one") == ["1", "2", "3"])
        #expect(headers[first: "x-on"] == nil)
        #expect(headers.contains("other") && !headers.contains("others"))
    }

    @Test func queriesAreDecodedAndKeepTheirOrder() throws {
        let query = try Requests.make("GET", "/?a=1&b=x+y%21&a=2&flag&bad=%zz&=").query
        #expect(query[first: "a"] == "1")
        #expect(query.all("a") == ["1", "2"])
        #expect(query[first: "b"] == "x y!")
        #expect(query[first: "flag"] == "")
        #expect(query[first: "bad"] == "%zz")
        #expect(query[first: "none"] == nil)
    }

    /// The sets of bytes are written as bits; this is what the bits mean.
    @Test func byteSetsAreWhatTheyShouldBe() {
        func bytes(_ set: ByteSet) -> String {
            String(decoding: (UInt8.min...UInt8.max).filter(set.contains), as: UTF8.self)
        }
        let digits = "0123456789"
        let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let lower = "abcdefghijklmnopqrstuvwxyz"
        let visible = String(decoding: UInt8(0x21)...0x7E, as: UTF8.self)
        #expect(bytes(FieldSyntax.tokenBytes) == "!#$%&'*+-." + digits + upper + "^_`" + lower + "|~")
        #expect(bytes(FieldSyntax.targetBytes) == visible.filter { !"\"#<>".contains($0) })
        #expect(bytes(FieldSyntax.hostBytes) == "!$%&'()*+-." + digits + ":;=" + upper + "[]_" + lower + "~")
        #expect(bytes(FieldSyntax.cookieBytes) == visible.filter { !"\",;\\".contains($0) })
    }
}
