import Primitives
import Reactor

@testable import HTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server for the time of one test, and what its hooks were told.
final class TestServer: Sendable {
    struct Log: Sendable {
        var finished: [Int] = []
        var failures: [String] = []
        var connections = 0
        var endless = 0
        var notes: [String] = []
    }

    let log: SharedLog
    let server: HTTPServer
    private let group: EventLoopGroup

    final class SharedLog: Sendable {
        private let state = Mutex(Log())
        var value: Log { state.withLock { $0 } }
        func note(_ text: String) { state.withLock { $0.notes.append(text) } }
        func change(_ body: (inout Log) -> Void) { state.withLock { body(&$0) } }

        /// Waits until the log is as wanted, at most ten seconds.
        func wait(_ condition: (Log) -> Bool) -> Bool {
            for _ in 0..<10_000 {
                if condition(value) { return true }
                usleep(1_000)
            }
            return false
        }
    }

    private init(
        limits: HTTPLimits, hooks: HTTPServerHooks, log: SharedLog, _ build: (inout RouteGroup) -> Void
    ) async throws {
        var hooks = hooks
        hooks.requestFinished = { _, status, _ in log.change { $0.finished.append(status.code) } }
        hooks.handlerFailed = { error, _ in log.change { $0.failures.append(String(describing: error)) } }
        hooks.connectionsChanged = { difference in log.change { $0.connections += difference } }
        hooks.endlessChanged = { difference in log.change { $0.endless += difference } }
        var routes = RouteGroup()
        build(&routes)
        self.log = log
        group = EventLoopGroup(count: 1)
        server = try await HTTPServer.start(
            on: SocketAddress(host: "127.0.0.1", port: 0), group: group, router: Router(routes), limits: limits, hooks: hooks)
    }

    func client(receiveBuffer: Int32? = nil) throws -> BlockingClient {
        try BlockingClient(port: server.address.port, receiveBuffer: receiveBuffer)
    }

    /// Runs a client's blocking code beside a server, then stops the server.
    static func serve<Value: Sendable>(
        limits: HTTPLimits = HTTPLimits(), hooks: HTTPServerHooks = HTTPServerHooks(), log: SharedLog = SharedLog(),
        _ build: (inout RouteGroup) -> Void, _ client: @escaping @Sendable (TestServer) throws -> Value
    ) async throws -> Value {
        let server = try await TestServer(limits: limits, hooks: hooks, log: log, build)
        let pool = WorkerPool(name: "client", threads: 1, queueLimit: 1)
        let result: Result<Value, any Error>
        do { result = .success(try await pool.run { try client(server) }) } catch { result = .failure(error) }
        await Task.detached { [group = server.group] in
            pool.stop()
            group.stop()
        }.value
        return try result.get()
    }
}
