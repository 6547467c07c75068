internal import Blobs
internal import Community
internal import Federation
internal import Observability
internal import Reactor
internal import Security
internal import Storage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The whole program behind the command line.
public struct Program: Sendable {
    private let environment: [String: String]

    /// - Parameter environment: the variables of the process.
    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// Does what the command line asks for.
    ///
    /// - Parameter arguments: without the name of the program.
    public func run(_ arguments: [String]) async -> ExitCode {
        // Whatever it writes is nobody else's affair, the database too, and also in a folder that others may look into.
        umask(0o077)
        do {
            switch try CommandParser.parse(arguments) {
            case .help: Output.write(Command.usage)
            case .version: Output.write("roost \(RoostVersion.current)\n")
            case .configuration(let options): Output.write(EffectiveConfiguration.text(of: try values(options)))
            case .serve(let options): try await ServeCommand(configuration: configuration(options), readyFile: options.readyFile).run()
            case .createAdministrator(let username, let options):
                try await AdministrationCommand(configuration: configuration(options)).createAdministrator(username)
            case .resetPassword(let username, let options):
                try await AdministrationCommand(configuration: configuration(options)).resetPassword(of: username)
            case .listSessions(let username, let options):
                try await AdministrationCommand(configuration: configuration(options)).listSessions(of: username)
            case .operators(let action, let options): try await TrustCommand(configuration: configuration(options)).run(action)
            case .claim(let action, let options): try await TrustCommand(configuration: configuration(options)).run(action)
            case .trust(let action, let options): try await TrustCommand(configuration: configuration(options)).run(action)
            case .key(let action, let options): try await TrustCommand(configuration: configuration(options)).run(action)
            case .peers(let action, let options): try await PeersCommand(configuration: configuration(options)).run(action)
            case .blobs(let action, let options): try await BlobsCommand(configuration: configuration(options)).run(action)
            case .endSession(let session, let username, let options):
                try await AdministrationCommand(configuration: configuration(options)).endSession(
                    session.map { SessionID($0) }, of: username)
            }
            return .success
        } catch {
            let (code, sentence) = Self.explain(error)
            StandardError.write(Array("roost: \(sentence)\n".utf8))
            return code
        }
    }

    private func values(_ options: ServeOptions) throws(ConfigurationError) -> ConfigurationValues {
        let values = try ConfigurationLoader.load(options, environment: environment, readFile: InputFile.contents)
        // A value that no part of the house can use is refused here too.
        _ = try Configuration(values)
        return values
    }

    private func configuration(_ options: ServeOptions) throws(ConfigurationError) -> Configuration {
        try Configuration(try values(options))
    }

    /// The exit code of a failure, and what is said about it.
    static func explain(_ error: any Error) -> (ExitCode, String) {
        switch error {
        case let error as Command.Misuse: (.badUsage, "\(error.reason)\n\n\(Command.usage)")
        case let error as ConfigurationError: (.badConfiguration, error.description)
        case let error as DatabaseError:
            switch error {
            case .inUse, .newerSchema: (.dataFolder, error.description)
            case .unavailable: (.unavailable, error.description)
            default: (.failure, error.description)
            }
        case BlobError.unavailable(let reason): (.unavailable, "The store of files is not available: \(reason)")
        case BlobsCommand.Failure.damaged(let count):
            (.failure, "\(count) files are damaged. Bring them back from a backup, or have them uploaded again.")
        case let error as DataFolder.Failure: (.failure, "The data folder \(error.path) cannot be made: \(error.reason)")
        case let error as KeyFile.Failure: (.failure, error.description)
        case let error as Listener.Failure: (.failure, error.description)
        case KeyChangeFailure.noThumbprint:
            (.badUsage, "A key is named by its thumbprint: 43 characters of base64url, as roost trust list shows them.")
        case KeyChangeFailure.unknownSource: (.badUsage, "No server of this origin is configured in cosmos.metadata or cosmos.identity.")
        case KeyChangeFailure.ambiguousSource:
            (.failure, "This origin is configured in both roles, and neither of its key documents has shown the key yet.")
        case KeyChangeFailure.revokedKey: (.failure, "The key is revoked. That is for ever.")
        case TrustCommand.Failure.noOperator(let user): (.failure, "\(user) is no operator, or one by the configuration.")
        case PeersCommand.Failure.noPerson(let text): (.badUsage, "\(text) is nobody of another server: u_, a UUID, @ and the server.")
        case PeersCommand.Failure.noAddress(let text): (.badUsage, "\(text) is no host, with a port if it has one.")
        case PeersCommand.Failure.unknown(let address): (.failure, "Nothing is known of \(address).")
        case let error as PeerFailure: (.failure, error.sentence)
        // Only commands on the data folder pass these on: what they were told is no good.
        case CommunityError.invalid(let fields): (.badUsage, fields.sentence)
        case CommunityError.usernameTaken: (.failure, "The username is taken.")
        case CommunityError.unknownAccount: (.failure, "There is no such account.")
        case CommunityError.unknownSession: (.failure, "The account has no such login, or it has ended.")
        case let error as ReadyFile.Failure: (.failure, "The ready file \(error.path) cannot be written: \(error.reason)")
        default: (.failure, String(describing: error))
        }
    }
}

extension [InvalidField] {
    /// What is wrong, for the operator.
    var sentence: String {
        map { "\($0.name): \($0.message)" }.joined(separator: " ")
    }
}
