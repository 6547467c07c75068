internal import HTTP
internal import Primitives

/// The token of a login and the cookie that carries it (contracts/dawchat.md 1.2).
enum SessionCookie {
    static let name = "t"
    private static let tokenLength = 43

    /// The token as the house knows it: without the padding that clients see. Nil for what cannot be a token.
    static func token(_ text: String) -> String? {
        let token = text.hasSuffix("=") ? String(text.dropLast()) : text
        return token.utf8.count == tokenLength && Base64URL.decode(token)?.count == 32 ? token : nil
    }

    /// The cookie of a new login.
    static func setting(_ token: String, lifetime: Int64, expiresAt: Timestamp, isSecure: Bool) -> SetCookie {
        var cookie = SetCookie(name, token + "=")
        cookie.maximumAge = Int(lifetime)
        cookie.expires = expiresAt
        cookie.isSecure = isSecure
        return cookie
    }

    /// Makes a client forget its cookie.
    static func clearing(isSecure: Bool) -> SetCookie {
        var cookie = SetCookie.removing(name)
        cookie.isSecure = isSecure
        return cookie
    }
}
