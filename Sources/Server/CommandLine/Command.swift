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
    case operators(OperatorAction, ServeOptions)
    case claim(ClaimAction, ServeOptions)
    case trust(TrustAction, ServeOptions)
    case key(KeyAction, ServeOptions)
    case blobs(BlobsAction, ServeOptions)
    case peers(PeersAction, ServeOptions)

    /// About those who may have galaxies here (contracts/cosmos.md 4). A user is named by the id that Cosmos shows.
    enum OperatorAction: Sendable, Equatable {
        case add(String)
        case remove(String)
        case list
    }

    /// About the codes that make somebody an operator.
    enum ClaimAction: Sendable, Equatable {
        case new
        case cancel
    }

    /// About the keys of other servers (contracts/cosmos.md 3.5), which are named by their thumbprints.
    enum TrustAction: Sendable, Equatable {
        case list
        case pin(String, source: String)
        case revoke(String)
    }

    /// About the server's own key.
    enum KeyAction: Sendable, Equatable {
        case list
        case rotate
    }

    /// About the files that people have uploaded.
    enum BlobsAction: Sendable, Equatable {
        /// Compares the database with the store; `deep` reads all bytes, `repair` removes those without a row.
        case verify(deep: Bool, repair: Bool)
    }

    /// About other servers of the Reileta kind, which are named by host and port (contracts/reileta.md 3.2).
    enum PeersAction: Sendable, Equatable {
        case list
        /// A server by its address, or somebody of one as `u_…@<server>`.
        case allow(String)
        case deny(String)
        case forget(String)
        case challenge(String)
    }

    static let usage = """
        usage: roost serve [options]            serve until SIGTERM or Ctrl-C
               roost config [options]           print the effective configuration and where each value came from
               roost admin create --username NAME [--password-stdin] [options]
               roost admin reset-password --username NAME [--password-stdin] [options]
               roost admin sessions --username NAME [options]
               roost admin end-session --username NAME (--session ID | --all) [options]
               roost operator (add USER | remove USER | list) [options]
               roost claim (new | cancel) [options]
               roost trust (list | pin THUMBPRINT --source ORIGIN | revoke THUMBPRINT) [options]
               roost key (list | rotate) [options]
               roost peers (list | allow WHO | deny WHO | forget ADDRESS | challenge ADDRESS) [options]
               roost blobs verify [--deep] [--repair] [options]
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
