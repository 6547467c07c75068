internal import Primitives
internal import Reactor
internal import Reileta

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asks a program of the operator whether the file of an asset may be taken (docs/operations.md, "The registry of worlds").
final class AssetChecker: Sendable {
    /// Files that are checked at a time.
    static let checks = 2
    /// Files that may wait for their turn.
    static let queueLimit = 16
    /// Characters of what a program says that are told.
    static let reasonLimit = 200
    /// Bytes of its output that are looked at.
    private static let outputLimit = 4_096
    /// Where programs are looked for when this process has no path.
    private static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    private let command: [String]
    private let seconds: Int
    private let path: String
    private let report: @Sendable (String) -> Void
    private let workers = WorkerPool(name: "checks", threads: AssetChecker.checks, queueLimit: AssetChecker.queueLimit)
    private let isStopping = Mutex(false)

    /// - Parameters:
    ///   - setting: the program and what it is given before the path of the file, and how long it may take.
    ///   - report: takes what the operator should know.
    /// - Throws: `ConfigurationError` when there is no such program.
    init(_ setting: ReiletaConfiguration.AssetCheck, report: @escaping @Sendable (String) -> Void) throws(ConfigurationError) {
        path = getenv("PATH").map { String(cString: $0) } ?? Self.usualPath
        guard let name = setting.command.first, let program = Self.program(name, in: path) else {
            throw ConfigurationError(
                place: setting.place,
                reason: "reileta.asset_check names \(setting.command.first ?? ""), which is no program that can be run")
        }
        command = [program] + setting.command.dropFirst()
        seconds = setting.seconds
        self.report = report
    }

    /// The place of a program: as it is when it has a slash, otherwise in one of the folders of a path.
    static func program(_ name: String, in path: String) -> String? {
        let places = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
        return places.first { place in
            var status = stat()
            return stat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(place, X_OK) == 0
        }
    }

    /// Runs the program for a file.
    ///
    /// - Parameters:
    ///   - file: the path of the file; the last argument of the program.
    ///   - engine: what the file is made for; `ROOST_ENGINE`.
    ///   - platform: what the file is made for; `ROOST_PLATFORM`.
    /// - Throws: `RegistryFiles.Refusal.notAccepted` with what the program says, `.unavailable` when it says nothing in time.
    func check(_ file: String, engine: String, platform: String) async throws {
        let process = ChildProcess(
            arguments: command + [Self.absolute(file)],
            environment: ["PATH=\(path)", "ROOST_ENGINE=\(engine)", "ROOST_PLATFORM=\(platform)"])
        let outcome: ChildProcess.Outcome
        do {
            outcome = try await workers.run { [self] in
                try process.run(deadline: .seconds(seconds), outputLimit: Self.outputLimit) { isStopping.withLock { $0 } }
            }
        } catch is WorkerPoolError {
            throw RegistryFiles.Refusal.unavailable("At most \(Self.queueLimit) files wait for their check.")
        } catch let failure as ChildProcess.Failure {
            report("it does not start: \(failure)")
            throw RegistryFiles.Refusal.unavailable("Files cannot be checked now.")
        }
        switch outcome {
        case .ended(code: 0, _): return
        case .ended(_, let output):
            let reason = Self.reason(output)
            throw RegistryFiles.Refusal.notAccepted(reason.isEmpty ? "The check of this server refuses the file." : reason)
        case .killed:
            if isStopping.withLock({ $0 }) { throw RegistryFiles.Refusal.unavailable("The server stops.") }
            report("it took more than \(seconds) s and was ended")
            throw RegistryFiles.Refusal.unavailable("A check may take \(seconds) s; this one took longer.")
        }
    }

    /// Ends what is checked, and takes nothing more. Blocks: not on a loop.
    func stop() {
        isStopping.withLock { $0 = true }
        workers.stop()
    }

    /// What a program says of a file: its first line, without what cannot be shown.
    static func reason(_ output: [UInt8]) -> String {
        let line = output.prefix { $0 != UInt8(ascii: "\n") }
        let shown = String(decoding: line, as: UTF8.self).unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            // What stands for bytes that are no text.
            default: scalar != "\u{FFFD}"
            }
        }
        return String(String.UnicodeScalarView(shown.prefix(reasonLimit)))
    }

    /// A program may look from another folder.
    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
