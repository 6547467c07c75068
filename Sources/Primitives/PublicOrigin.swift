/// The canonical origin of this server, such as `https://galaxy.example.com`: in lower case, without path, and without the port that is the scheme's
/// own. Without a configured one it is the address that the server listens on, which is known when it does.
public final class PublicOrigin: Sendable {
    private let value: Mutex<String>

    /// An origin that may be settled later.
    public init(_ text: String) {
        value = Mutex(Self.canonical(text))
    }

    /// Sets the origin, before anybody can ask.
    public func settle(_ text: String) {
        value.withLock { $0 = Self.canonical(text) }
    }

    /// The whole origin.
    public var text: String { value.withLock { $0 } }

    /// `http` or `https`.
    public var scheme: String { String(text.prefix { $0 != ":" }) }

    /// Host and port, as signatures cover them.
    public var authority: String { String(text.drop { $0 != "/" }.dropFirst(2)) }

    /// The host alone: a name, or a numeric address without brackets.
    public var host: String {
        let authority = authority
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func canonical(_ text: String) -> String {
        let text = text.lowercased()
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where text.hasPrefix(scheme) && text.hasSuffix(port) {
            return String(text.dropLast(port.count))
        }
        return text
    }
}
