/// How the program ends (contracts/configuration.md, "exit codes").
public enum ExitCode: Int32, Sendable {
    /// Stopped in order.
    case success = 0
    /// The command line was not understood.
    case badUsage = 64
    /// A needed service is missing.
    case unavailable = 69
    /// Anything else.
    case failure = 70
    /// The data folder is in use, or from a newer version.
    case dataFolder = 73
    /// The configuration is not good.
    case badConfiguration = 78
}
