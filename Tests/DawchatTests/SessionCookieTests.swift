import HTTP
import Primitives
import Security
import Testing

@testable import Dawchat

/// contracts/dawchat.md 1.2: the token and its cookie.
struct SessionCookieTests {
    private static let token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    @Test func `a token is 32 bytes in base64url, with or without padding`() {
        #expect(SessionCookie.token(Self.token) == Self.token)
        #expect(SessionCookie.token(Self.token + "=") == Self.token)
        let made = OpaqueToken()
        #expect(made.paddedText == made.text + "=" && SessionCookie.token(made.paddedText) == made.text)
    }

    private static let wrong: [String] = [
        "", "=", "\(token)A", "\(token)==", "\(token) ", " \(token.dropFirst())", "\(token.dropLast())", "\(token.dropLast())==",
        "+\(token.dropFirst())", "/\(token.dropFirst())", "é\(token.dropFirst(2))", "\u{0}\(token.dropFirst())",
        // The last character carries four bits only.
        "\(token.dropLast())9",
    ]

    @Test(arguments: wrong) func `nothing else is a token`(text: String) {
        #expect(SessionCookie.token(text) == nil)
    }

    /// "attribute order as in the seed", then `SameSite=Lax`, and "`; Secure` only when served over TLS".
    @Test(arguments: [(false, ""), (true, "; Secure")]) func `a login sets the cookie`(isSecure: Bool, end: String) throws {
        let cookie = SessionCookie.setting(
            Self.token, lifetime: 604_800, expiresAt: Timestamp(seconds: 1_800_000_000), isSecure: isSecure)
        #expect(
            try cookie.headerValue()
                == "t=\(Self.token)=; Max-Age=604800; Expires=Fri, 15 Jan 2027 08:00:00 GMT; Path=/; HttpOnly; SameSite=Lax\(end)")
    }

    @Test(arguments: [(false, ""), (true, "; Secure")]) func `a logout clears it`(isSecure: Bool, end: String) throws {
        #expect(
            try SessionCookie.clearing(isSecure: isSecure).headerValue()
                == "t=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly; SameSite=Lax\(end)")
    }
}
