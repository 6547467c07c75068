/// Reads a command line.
struct CommandParser {
    var rest: ArraySlice<String>

    /// - Parameter arguments: without the name of the program.
    static func parse(_ arguments: [String]) throws(Command.Misuse) -> Command {
        var parser = CommandParser(rest: arguments[...])
        return try parser.command()
    }

    private mutating func command() throws(Command.Misuse) -> Command {
        guard let name = rest.popFirst() else { throw Command.Misuse(reason: "a command is missing") }
        // Whoever asks for help in the middle of a command is not to have it done.
        if rest.contains(where: { $0 == "--help" || $0 == "-h" }) { return .help }
        switch name {
        case "serve": return .serve(try options().options)
        // The same options as `serve`: whoever asks what a command line means puts `config` in its place.
        case "config": return .configuration(try options().options)
        case "version", "--version": return try alone(.version)
        case "help", "--help", "-h": return try alone(.help)
        case "admin": return try administration()
        case "operator": return try operators()
        case "claim": return try claim()
        case "trust": return try trust()
        case "key": return try key()
        case "blobs": return try blobs()
        case "peers": return try peers()
        default: throw Command.Misuse(reason: "unknown command \(name)")
        }
    }

    private func alone(_ command: Command) throws(Command.Misuse) -> Command {
        if let extra = rest.first { throw Command.Misuse(reason: "unexpected \(extra)") }
        return command
    }

    private mutating func administration() throws(Command.Misuse) -> Command {
        let action = rest.popFirst()
        guard let action, ["create", "reset-password", "sessions", "end-session"].contains(action) else {
            throw Command.Misuse(reason: "roost admin knows create, reset-password, sessions and end-session")
        }
        let parsed = try options(of: action)
        guard let username = parsed.username else { throw Command.Misuse(reason: "--username is missing") }
        switch action {
        case "create": return .createAdministrator(username: username, parsed.options)
        case "reset-password": return .resetPassword(username: username, parsed.options)
        case "sessions": return .listSessions(username: username, parsed.options)
        default:
            guard (parsed.session == nil) == parsed.all else {
                throw Command.Misuse(reason: "end-session needs either --session or --all")
            }
            return .endSession(parsed.session, username: username, parsed.options)
        }
    }

    /// The next word, which is not an option.
    mutating func word(_ what: String) throws(Command.Misuse) -> String {
        guard let word = rest.first, !word.isEmpty, !word.hasPrefix("-") else { throw Command.Misuse(reason: "\(what) is missing") }
        rest.removeFirst()
        return word
    }

    /// What stands behind a command.
    struct Parsed {
        var options = ServeOptions()
        var username: String?
        var source: String?
        var session: Int64?
        var all = false
        var deep = false
        var repair = false
    }

    /// - Parameter action: the word behind a command that works on the data folder; nil for `serve` and `config`.
    mutating func options(of action: String? = nil) throws(Command.Misuse) -> Parsed {
        var parsed = Parsed()
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let attached = parts.count == 2 ? parts[1] : nil
            switch (parts[0], action) {
            case ("--config", _): parsed.options.configurationFile = try value(of: argument, attached)
            case ("--data", _): parsed.options.dataFolder = try value(of: argument, attached)
            case ("--listen", _): parsed.options.listen = try value(of: argument, attached)
            case ("--ready-file", nil): parsed.options.readyFile = try value(of: argument, attached)
            case ("--set", _): parsed.options.settings.append(try setting(try value(of: argument, attached)))
            case ("--source", "pin"): parsed.source = try value(of: argument, attached)
            case ("--username", "create"), ("--username", "reset-password"), ("--username", "sessions"), ("--username", "end-session"):
                parsed.username = try value(of: argument, attached)
            // The password is always read from the standard input; the flag says so.
            case ("--password-stdin", "create"), ("--password-stdin", "reset-password"): try flag(attached, "--password-stdin")
            case ("--all", "end-session"):
                try flag(attached, "--all")
                parsed.all = true
            case ("--deep", "verify"):
                try flag(attached, "--deep")
                parsed.deep = true
            case ("--repair", "verify"):
                try flag(attached, "--repair")
                parsed.repair = true
            case ("--session", "end-session"):
                guard let session = Int64(try value(of: argument, attached)) else {
                    throw Command.Misuse(reason: "--session needs a number, as roost admin sessions shows it")
                }
                parsed.session = session
            default: throw Command.Misuse(reason: "unknown option \(parts[0])")
            }
        }
        return parsed
    }

    /// Something that is there or not.
    private func flag(_ attached: String?, _ name: String) throws(Command.Misuse) {
        if attached != nil { throw Command.Misuse(reason: "unknown option \(name)") }
    }

    private mutating func value(of option: String, _ attached: String?) throws(Command.Misuse) -> String {
        guard let value = attached ?? rest.popFirst() else { throw Command.Misuse(reason: "\(option) needs a value") }
        return value
    }

    private func setting(_ text: String) throws(Command.Misuse) -> ServeOptions.Setting {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { throw Command.Misuse(reason: "--set needs PATH=VALUE") }
        return ServeOptions.Setting(path: parts[0], value: parts[1])
    }
}
