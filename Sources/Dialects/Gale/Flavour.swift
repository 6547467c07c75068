internal import Community
internal import HTTP

/// One of the places where the API is mounted, and what differs there (contracts/gale.md 3, 9).
struct Flavour: Sendable, Equatable {
    /// What its paths begin with.
    var prefix: String
    /// Whether only the desktop program comes here: then ids of Discord are texts, and who has signed in is brought back by a link.
    var isDesktop: Bool

    /// All of them.
    static let all = [
        Flavour(prefix: "", isDesktop: false), Flavour(prefix: "/api", isDesktop: false), Flavour(prefix: "/gale/api", isDesktop: true),
    ]

    /// How the desktop program names itself, in every version.
    private static let program = "kesomannen-gale"

    /// Whether ids of Discord are texts for this client; otherwise numbers, as the seed has them.
    func hasTextIDs(for request: HTTPRequest) -> Bool {
        if isDesktop { return true }
        switch request.query[first: "discordId"] {
        case "string": return true
        case "number": return false
        default: return request.headers[first: "user-agent"]?.lowercased().hasPrefix(Self.program) ?? false
        }
    }
}
