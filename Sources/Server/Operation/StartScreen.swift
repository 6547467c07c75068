/// What `roost serve` shows a person when it serves: one screen, nothing to look up.
struct StartScreen {
    var name: String
    var version: String
    var url: String
    var dataFolder: String
    var database: String
    /// Only while there is no administrator.
    var setupCode: String?

    /// The lines, each ended.
    var text: String {
        var lines = [
            "\(name) — Roost \(version)",
            "",
            "  Address      \(url)",
            "  Chat API     \(url)/api/rest and \(webSocketURL)/api/ws",
            "  Dawchat API  \(url)/api/user and /api/channel",
            "  Cosmos API   \(url)/meta and /galaxy",
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

    private var webSocketURL: String {
        url.hasPrefix("https://") ? "wss://" + url.dropFirst(8) : "ws://" + url.dropFirst(7)
    }
}
