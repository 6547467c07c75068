/// Reads a command line.
struct CommandParser {
    private var rest: ArraySlice<String>

    /// - Parameter arguments: without the name of the program.
    static func parse(_ arguments: [String]) throws(Command.Misuse) -> Command {
        var parser = CommandParser(rest: arguments[...])
        return try parser.command()
    }

    private mutating func command() throws(Command.Misuse) -> Command {
        guard let name = rest.popFirst() else { throw Command.Misuse(reason: "a command is missing") }
        switch name {
        case "serve": return .serve(try options().options)
        // The same options as `serve`: whoever asks what a command line means puts `config` in its place.
        case "config": return .configuration(try options().options)
        case "version", "--version": return try alone(.version)
        case "help", "--help", "-h": return try alone(.help)
        case "admin": return try administration()
        default: throw Command.Misuse(reason: "unknown command \(name)")
        }
    }

    private func alone(_ command: Command) throws(Command.Misuse) -> Command {
        if let extra = rest.first { throw Command.Misuse(reason: "unexpected \(extra)") }
        return command
    }

    private mutating func administration() throws(Command.Misuse) -> Command {
        let action = rest.popFirst()
        guard let action, ["create", "reset-password"].contains(action) else {
            throw Command.Misuse(reason: "roost admin knows create and reset-password")
        }
        let (options, username) = try options(acceptsReadyFile: false, acceptsUsername: true)
        guard let username else { throw Command.Misuse(reason: "--username is missing") }
        return action == "create" ? .createAdministrator(username: username, options) : .resetPassword(username: username, options)
    }

    private mutating func options(
        acceptsReadyFile: Bool = true, acceptsUsername: Bool = false
    ) throws(Command.Misuse) -> (options: ServeOptions, username: String?) {
        var options = ServeOptions()
        var username: String?
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let attached = parts.count == 2 ? parts[1] : nil
            switch parts[0] {
            case "--config": options.configurationFile = try value(of: argument, attached)
            case "--data": options.dataFolder = try value(of: argument, attached)
            case "--listen": options.listen = try value(of: argument, attached)
            case "--ready-file" where acceptsReadyFile: options.readyFile = try value(of: argument, attached)
            case "--set": options.settings.append(try setting(try value(of: argument, attached)))
            case "--username" where acceptsUsername: username = try value(of: argument, attached)
            // The password is always read from the standard input; the flag says so.
            case "--password-stdin" where acceptsUsername && attached == nil: break
            default: throw Command.Misuse(reason: "unknown option \(parts[0])")
            }
        }
        return (options, username)
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
