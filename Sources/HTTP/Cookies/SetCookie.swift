public import Primitives

/// A cookie for the client to keep (RFC 6265 section 4.1, and `SameSite` of its successor).
///
/// As it is made it is a session's: not readable by scripts, sent over TLS only, not sent with requests of other sites except plain links.
public struct SetCookie: Sendable, Equatable {
    /// Whether the cookie goes along with requests that other sites cause.
    public enum SameSite: String, Sendable {
        /// Never.
        case strict = "Strict"
        /// When the user follows a link.
        case lax = "Lax"
        /// Always; browsers then want `Secure`.
        case none = "None"
    }

    /// Why a cookie cannot be written.
    public enum Invalid: Error, Sendable, Equatable {
        /// The name is no token.
        case name(String)
        /// The value has blanks, quotes, commas, semicolons, backslashes, or characters that are not visible ASCII.
        case value(name: String)
        /// The path or domain has semicolons or control characters.
        case attribute(name: String)
    }

    /// A token; case matters.
    public var name: String
    /// The value: visible ASCII without `"`, comma, semicolon and backslash.
    public var value: String
    /// The paths that it goes along with.
    public var path: String? = "/"
    /// The host and all below it; nil for this host alone.
    public var domain: String?
    /// Seconds until the client forgets it; nil for the end of the browser's session.
    public var maximumAge: Int?
    /// When the client forgets it, for clients that do not know `Max-Age`, which goes before (RFC 6265 5.3); to the second.
    public var expires: Timestamp?
    /// Whether scripts cannot read it.
    public var isHTTPOnly = true
    /// Whether it is sent over TLS only.
    public var isSecure = true
    /// Whether requests that other sites cause carry it; nil leaves it to the browser.
    public var sameSite: SameSite? = .lax

    /// A cookie with the attributes of a session's.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// A cookie that makes the client forget the one of that name, path and domain.
    public static func removing(_ name: String) -> SetCookie {
        var cookie = SetCookie(name, "")
        cookie.maximumAge = 0
        // Any moment that is past will do; this one is that of contracts/dawchat.md 1.2.
        cookie.expires = Timestamp(seconds: 10)
        return cookie
    }

    /// The value of the field. The order of the attributes means nothing to clients; it is that of contracts/dawchat.md 1.2.
    ///
    /// - Throws: `SetCookie.Invalid`.
    public func headerValue() throws(Invalid) -> String {
        guard FieldSyntax.isToken(name.utf8) else { throw .name(name) }
        guard value.utf8.allSatisfy({ FieldSyntax.cookieBytes.contains($0) }) else { throw .value(name: name) }
        for attribute in [path, domain].compactMap(\.self) {
            guard attribute.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") }) else { throw .attribute(name: name) }
        }
        var text = "\(name)=\(value)"
        if let maximumAge { text += "; Max-Age=\(max(0, maximumAge))" }
        if let expires { text += "; Expires=\(expires.httpDate)" }
        if let path { text += "; Path=\(path)" }
        if let domain { text += "; Domain=\(domain)" }
        if isHTTPOnly { text += "; HttpOnly" }
        if let sameSite { text += "; SameSite=\(sameSite.rawValue)" }
        if isSecure { text += "; Secure" }
        return text
    }
}

extension HTTPHeaders {
    /// Adds `Set-Cookie`.
    ///
    /// - Throws: `SetCookie.Invalid`.
    public mutating func add(_ cookie: SetCookie) throws(SetCookie.Invalid) {
        add("Set-Cookie", try cookie.headerValue())
    }
}
