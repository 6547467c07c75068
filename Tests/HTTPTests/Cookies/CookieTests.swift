import Primitives
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

    /// A client that has a broken cookie may be told to forget it.
    @Test func oneThatIsPassedOverIsThereAllTheSame() throws {
        for field in ["b=2; a=\u{e9}", "a=x y", "a=\"", "a"] {
            let cookies = try Requests.make("GET", "/", [("Cookie", field)]).cookies
            #expect(cookies["a"] == nil && cookies.contains("a") && !cookies.contains("A"), "\(field)")
        }
        #expect(try Requests.make("GET", "/", [("Cookie", "b=1; a=2")]).cookies.contains("a"))
        #expect(try !Requests.make("GET", "/", [("Cookie", "b=a; ")]).cookies.contains("a"))
    }

    @Test func allOfOneNameKeepTheirOrder() throws {
        let request = try Requests.make("GET", "/", [("Cookie", "a=1; a=2"), ("Cookie", "a=3")])
        #expect(request.cookies.all("a") == ["1", "2", "3"])
    }

    @Test func aSessionCookieIsSafeAsItIsMade() throws {
        var cookie = SetCookie("session", "abc")
        #expect(try cookie.headerValue() == "session=abc; Path=/; HttpOnly; SameSite=Lax; Secure")
        cookie.maximumAge = 60
        cookie.domain = "roost.example"
        cookie.path = nil
        cookie.isSecure = false
        cookie.isHTTPOnly = false
        cookie.sameSite = .strict
        #expect(try cookie.headerValue() == "session=abc; Max-Age=60; Domain=roost.example; SameSite=Strict")
    }

    /// contracts/dawchat.md 1.2 fixes the order.
    @Test func attributesComeInTheOrderOfTheContract() throws {
        var cookie = SetCookie("t", "abc")
        cookie.maximumAge = 604_800
        cookie.expires = Timestamp(seconds: 784_111_777)
        cookie.domain = "roost.example"
        let expected =
            "t=abc; Max-Age=604800; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Path=/; Domain=roost.example; HttpOnly; SameSite=Lax; Secure"
        #expect(try cookie.headerValue() == expected)
    }

    @Test func aRemovedCookieIsOverByBothClocks() throws {
        var cookie = SetCookie.removing("t")
        cookie.isSecure = false
        #expect(try cookie.headerValue() == "t=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly; SameSite=Lax")
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
