import Testing

@testable import HTTP

/// RFC 6265.
struct CookieTests {
    static let read: [(field: String, expected: [String: String?])] = [
        ("a=1; b=2", ["a": "1", "b": "2", "A": nil]), ("a=", ["a": ""]), ("a=x=y", ["a": "x=y"]), ("a=\"q\"", ["a": "q"]),
        ("  a = 1", ["a": nil]), ("a=1;b=2", ["a": "1", "b": "2"]), ("a=1; a=2", ["a": "1"]),
        // What is broken is passed over, and takes nothing else along.
        ("a; b=2", ["a": nil, "b": "2"]), ("=1; b=2", ["b": "2"]), ("a=x y; b=2", ["a": nil, "b": "2"]),
        ("a=x,y; b=2", ["a": nil, "b": "2"]),
        ("a=\"; b=2", ["a": nil, "b": "2"]), ("a=\\; b=2", ["a": nil, "b": "2"]), ("(=1; b=2", ["b": "2"]),
        ("a=\u{e9}; b=2", ["a": nil, "b": "2"]),
        (";;", [:]), ("", ["a": nil]),
    ]

    @Test(arguments: read) func areRead(_ row: (field: String, expected: [String: String?])) throws {
        let cookies = try Requests.make("GET", "/", [("Cookie", row.field)]).cookies
        for (name, value) in row.expected { #expect(cookies[name] == value, "\(row.field): \(name)") }
    }

    @Test func allOfOneNameKeepTheirOrder() throws {
        let request = try Requests.make("GET", "/", [("Cookie", "a=1; a=2"), ("Cookie", "a=3")])
        #expect(request.cookies.all("a") == ["1", "2", "3"])
    }

    @Test func aSessionCookieIsSafeAsItIsMade() throws {
        var cookie = SetCookie("session", "abc")
        #expect(try cookie.headerValue() == "session=abc; Path=/; Secure; HttpOnly; SameSite=Lax")
        cookie.maximumAge = 60
        cookie.domain = "roost.example"
        cookie.path = nil
        cookie.isSecure = false
        cookie.isHTTPOnly = false
        cookie.sameSite = .strict
        #expect(try cookie.headerValue() == "session=abc; Domain=roost.example; Max-Age=60; SameSite=Strict")
        #expect(try SetCookie.removing("a").headerValue() == "a=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
    }

    /// A value that a client chose cannot add attributes, cookies or fields.
    @Test func nothingCanBeSmuggledIntoACookie() {
        for value in ["a; Domain=x", "a\r\nX: y", "a b", "a,b", "a\"b", "a\\b", "\u{e9}", "a\0"] {
            #expect(throws: SetCookie.Invalid.value(name: "n")) { try SetCookie("n", value).headerValue() }
        }
        for name in ["", "a=b", "a;", "a b", "a\n"] {
            #expect(throws: SetCookie.Invalid.name(name)) { try SetCookie(name, "v").headerValue() }
        }
        var cookie = SetCookie("n", "v")
        cookie.path = "/; Secure"
        #expect(throws: SetCookie.Invalid.attribute(name: "n")) { try cookie.headerValue() }
        cookie.path = "/"
        cookie.domain = "a\r\n"
        #expect(throws: SetCookie.Invalid.attribute(name: "n")) { try cookie.headerValue() }
    }
}
