/// What `roost serve` shows a person when it serves: one screen, nothing to look up.
struct StartScreen {
    var name: String
    var version: String
    var url: String
    var dataFolder: String
    var database: String
    /// The APIs that are on.
    var apis = API.allCases
    /// Only while there is no administrator.
    var setupCode: String?

    /// The lines, each ended.
    var text: String {
        var lines = [
            "\(name) — Roost \(version)",
            "",
            "  Address      \(url)",
        ]
        lines += apis.map { "  \($0.title)  \(place(of: $0))" }
        lines += [
            "  Data folder  \(dataFolder)",
            "  Database     \(database)",
        ]
        if let setupCode {
            lines += [
                "",
                "  Setup code   \(setupCode)",
                "               Whoever registers with it first becomes the administrator; a Dawchat client takes it as invite token,",
                "               Cosmos as claim code.",
            ]
        }
        lines += ["", "  Stop with Ctrl-C.", ""]
        return lines.map { $0 + "\n" }.joined()
    }

    /// An API that clients speak.
    enum API: CaseIterable {
        case chat
        case dawchat
        case cosmos
        case gale
        case reileta

        /// As wide as the other words of the screen.
        fileprivate var title: String {
            switch self {
            case .chat: "Chat API   "
            case .dawchat: "Dawchat API"
            case .cosmos: "Cosmos API "
            case .gale: "Gale API   "
            case .reileta: "Reileta API"
            }
        }
    }

    private func place(of api: API) -> String {
        switch api {
        case .chat: "\(url)/api/rest and \(webSocketURL)/api/ws"
        case .dawchat: "\(url)/api/user and /api/channel"
        case .cosmos: "\(url)/meta and /galaxy"
        case .gale: "GALE_SYNC_URL=\(url)/gale/api"
        case .reileta: "\(url)/api/server and \(webSocketURL)/api/ws"
        }
    }

    private var webSocketURL: String {
        url.hasPrefix("https://") ? "wss://" + url.dropFirst(8) : "ws://" + url.dropFirst(7)
    }
}
