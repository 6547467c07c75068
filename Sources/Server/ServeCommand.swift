internal import Observability
internal import Reactor
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// `roost serve`.
struct ServeCommand {
    let configuration: Configuration
    let readyFile: String?

    /// Serves until the process is told to stop.
    func run() async throws {
        let format = configuration.logFormat ?? .automatic
        let logger = Logger(level: configuration.logLevel, format: format)
        OpenFileLimit.raise()
        // Before anything serves, so that no signal is missed.
        let signals = try await StopSignals()
        let server = try await RoostServer(configuration, logger: logger)
        let listening = "http://\(server.address)"
        let ready = readyFile.map { ReadyFile(path: $0) }
        do {
            try ready?.write(url: listening, processID: getpid(), setupCode: server.setupCode)
        } catch {
            await server.stop()
            throw error
        }
        Output.write(try screen(of: server).text)
        logger.log(.info, "Serving", [("address", .text(listening)), ("version", .text(RoostVersion.current))])
        await signals.wait()
        logger.log(.info, "Stopping")
        ready?.remove()
        await server.stop()
        logger.log(.info, "Stopped")
    }

    private func screen(of server: RoostServer) throws -> StartScreen {
        let folder = try DataFolder(configuration.dataFolder)
        return StartScreen(
            name: configuration.serverName, version: RoostVersion.current, url: server.url, dataFolder: folder.path,
            database: configuration.databaseDescription(in: folder), apis: configuration.apis, setupCode: server.setupCode)
    }
}
