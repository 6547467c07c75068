/// What `roost serve` and `roost config` are told.
struct ServeOptions: Sendable, Equatable {
    var configurationFile: String?
    var dataFolder: String?
    var listen: String?
    var readyFile: String?
    /// `--set path=value`, in order.
    var settings: [Setting] = []

    struct Setting: Sendable, Equatable {
        var path: String
        var value: String
    }
}

/// What the command line asks for (contracts/configuration.md, "Command line").
enum Command: Sendable, Equatable {
    case serve(ServeOptions)
    case configuration(ServeOptions)
    case version
    case help
    /// Makes an administrator; the password comes from the standard input.
    case createAdministrator(username: String, ServeOptions)
    case resetPassword(username: String, ServeOptions)
    /// Shows the logins of an account.
    case listSessions(username: String, ServeOptions)
    /// Ends one login of an account; nil: all of them.
    case endSession(Int64?, username: String, ServeOptions)

    static let usage = """
        usage: roost serve [options]            serve until SIGTERM or Ctrl-C
               roost config [options]           print the effective configuration and where each value came from
               roost admin create --username NAME [--password-stdin] [options]
               roost admin reset-password --username NAME [--password-stdin] [options]
               roost admin sessions --username NAME [options]
               roost admin end-session --username NAME (--session ID | --all) [options]
               roost version

        options: --config FILE         read a YAML file
                 --data DIR            the data folder (server.data)
                 --listen HOST:PORT    where to serve (server.listen); port 0 takes a free one
                 --ready-file FILE     write {"url", "pid", "setup_code"} there when serving
                 --set PATH=VALUE      set any key; may be repeated

        """

    /// Why a command line is not understood.
    struct Misuse: Error, Equatable {
        var reason: String
    }
}
