import Community
import HTTP
import Testing

@testable import Gale

/// What people see, and what comes over the socket (contracts/gale.md 4.2, 10, 11).
struct PageTests {
    @Test(arguments: [
        ("plain", "plain"), ("<script>", "&lt;script&gt;"), ("\"'&", "&quot;&#39;&amp;"), ("&lt;", "&amp;lt;"), ("ä👋", "ä👋"),
    ]) func nothingOfATextBecomesHTML(_ text: String, _ escaped: String) {
        #expect(Page.escape(text) == escaped)
    }

    @Test func queriesAreEncoded() {
        #expect(FormEncoding.text([("a", "x y&z=ü"), ("b", "")]) == "a=x%20y%26z%3D%C3%BC&b=")
    }

    @Test func framesAreRead() throws {
        let code = try #require(ProfileCode("ABC123"))
        #expect(
            try ProfileRequest(Array(#"{"event":"subscribe","payload":{"profileId":"ABC123","more":1},"x":[]}"#.utf8)) == .subscribe(code))
        #expect(try ProfileRequest(Array(#"{"event":"unsubscribe","payload":{"profileId":"ABC123"}}"#.utf8)) == .unsubscribe(code))
    }

    @Test func everyPlaceIsTheDialects() {
        #expect(GaleDialect.prefixes.count == 18)
        for path in ["/auth", "/api/profile", "/gale/api/user/me", "/socket", "/api/desktop", "/gale/api/cdn"] {
            #expect(GaleDialect.prefixes.contains(path))
        }
    }

    /// 2: bytes that are no request are answered in the shape of the API.
    @Test func whatIsNoRequestIsAnsweredLikeTheRest() {
        let response = GaleDialect.errorResponse(.bodyTooLarge(limit: 7))
        #expect(response.status == .contentTooLarge && response.headers[first: "content-type"] == "application/json")
    }
}
