public import Primitives
public import Reactor

/// The record of everything (DESIGN section 5): SQLite or PostgreSQL behind one set of statements.
///
/// Closures are synchronous, so that a transaction contains SQL and nothing that waits for anything else; the type system holds that.
public final class Database: Sendable {
    private enum Reading {
        /// On the loops themselves; a pool for callers elsewhere.
        case inline([LoopBound<LoopReader>], elsewhere: ConnectionPool)
        /// Small reads go over the network: threads wait for them.
        case threads(ConnectionPool, WorkerPool)
    }

    /// Threads for reads that may take long.
    private static let scanThreads = 2
    /// Threads, and connections, for small reads on PostgreSQL.
    private static let postgresReaders = 4
    /// Reads that may wait for a thread.
    private static let readQueueLimit = 16_384

    private let writer: GroupWriter
    private let reading: Reading
    private let scanPool: ConnectionPool
    private let scanWorkers: WorkerPool

    /// Opens the database and brings its schema to the version of this program.
    ///
    /// - Parameters:
    ///   - schemas: the parts of the house that keep data; the event log is always there.
    ///   - loops: the loops that will read.
    ///   - node: the number of this node, 0 to 63; different on each node of a PostgreSQL.
    ///   - clock: the time of transactions and ids.
    /// - Throws: `DatabaseError`.
    public static func open(
        _ configuration: DatabaseConfiguration, schemas: [Schema], loops: EventLoopGroup, node: Int = 0,
        clock: @escaping WallClock = { .now() }
    ) async throws -> Database {
        let setup = WorkerPool(name: "database-setup", threads: 1, queueLimit: 1)
        defer { setup.stop() }
        try await setup.run {
            let connection = try connect(configuration, .writer)
            defer { connection.close() }
            let migrator = Migrator(schemas: [.storage] + schemas, isPostgreSQL: configuration.isPostgreSQL)
            try migrator.run(on: connection, at: clock()) { step in
                try configuration.snapshot(before: step, on: connection)
            }
        }
        return Database(configuration, loops: loops, node: node, clock: clock)
    }

    private init(_ configuration: DatabaseConfiguration, loops: EventLoopGroup, node: Int, clock: @escaping WallClock) {
        let connectReader: @Sendable () throws -> any SQLConnection = { try Self.connect(configuration, .reader) }
        let commits = CommitCounter()
        writer = GroupWriter(clock: clock, node: node, commits: commits) { try Self.connect(configuration, .writer) }
        scanPool = ConnectionPool(connect: connectReader)
        scanWorkers = WorkerPool(name: "database-scan", threads: Self.scanThreads, queueLimit: Self.readQueueLimit)
        switch configuration {
        case .sqlite:
            let pool = ConnectionPool(connect: connectReader)
            reading = .inline(
                loops.loops.map { LoopBound(LoopReader(pool: pool, commits: commits), loop: $0) }, elsewhere: pool)
        case .postgresql:
            let workers = WorkerPool(name: "database-read", threads: Self.postgresReaders, queueLimit: Self.readQueueLimit)
            reading = .threads(ConnectionPool(connect: connectReader), workers)
        }
    }

    private enum Role {
        case writer
        case reader
    }

    private static func connect(_ configuration: DatabaseConfiguration, _ role: Role) throws(DatabaseError) -> any SQLConnection {
        switch configuration {
        case .sqlite(let path): try SQLiteConnection(path: path, role: role == .writer ? .writer : .reader)
        case .postgresql(let url): try PostgresConnection(url: url)
        }
    }

    /// Tells `follower` of all events that are committed from now on, by this process and others; there is one follower at a time.
    public func follow(_ follower: EventFollower) {
        writer.follow(follower)
    }

    /// Has the follower told of what other processes have committed. Returns at once.
    public func lookForEvents() {
        writer.look()
    }

    /// Runs a transaction. When it returns, what it wrote is on disk.
    ///
    /// - Throws: what `body` throws, and then nothing was written; `DatabaseError` when the database refuses.
    public func transaction<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
        // A result that is there before it is waited for is handed over inside the runtime.
        let finished = ThreadOrder()
        defer { finished.pass() }
        return try await withCheckedThrowingContinuation { continuation in
            writer.submit(
                WriteJob(
                    run: { transaction in
                        let value = try body(transaction)
                        return {
                            finished.pass()
                            continuation.resume(returning: value)
                        }
                    },
                    fail: { error in
                        finished.pass()
                        continuation.resume(throwing: error)
                    }))
        }
    }

    /// Reads a little through indexes, in one state of the database that has everything acknowledged before.
    ///
    /// On SQLite this runs on the calling loop.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> Value) async throws -> Value {
        switch reading {
        case .inline(let readers, let pool):
            guard let loop = EventLoop.current, loop.index < readers.count, readers[loop.index].loop === loop else {
                return try pool.read(body)
            }
            return try readers[loop.index].value.read(on: loop, body)
        case .threads(let pool, let workers):
            return try await Self.read(body, from: pool, on: workers)
        }
    }

    /// Reads much: on a thread of its own kind.
    public func scan<Value: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> Value) async throws -> Value {
        try await Self.read(body, from: scanPool, on: scanWorkers)
    }

    private static func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLReader) throws -> Value, from pool: ConnectionPool, on workers: WorkerPool
    ) async throws -> Value {
        do {
            return try await workers.run { try pool.read(body) }
        } catch WorkerPoolError.stopped {
            throw DatabaseError.closed
        } catch WorkerPoolError.queueFull(_, let limit) {
            throw DatabaseError.queueFull(limit: limit)
        }
    }

    /// Forgets old events (DESIGN section 6, retention), a batch at a time.
    ///
    /// - Parameters:
    ///   - before: events older than this are forgotten.
    ///   - keepAtMost: of more events than this the oldest are forgotten.
    /// - Returns: how many events were forgotten.
    public func pruneEvents(before: Timestamp, keepAtMost: Int, batch: Int = 1_000) async throws -> Int {
        if try await !scan({ try EventLog.isCounted(in: $0) }) { try await transaction { try EventLog.count(in: $0) } }
        let end = try await scan { try EventLog.lastToForget(before: before, keepAtMost: keepAtMost, in: $0) }
        var total = 0
        while true {
            let count = try await transaction { try EventLog.prune(through: end, batch: batch, in: $0) }
            total += count
            if count < batch { return total }
        }
    }

    /// Finishes the transactions and reads that wait and closes all connections; further calls throw `DatabaseError.closed`.
    public func close() async {
        let closer = WorkerPool(name: "database-close", threads: 1, queueLimit: 1)
        try? await closer.run { [self] in
            writer.close()
            scanWorkers.stop()
            scanPool.close()
            switch reading {
            case .inline(_, let pool):
                pool.close()
            case .threads(let pool, let workers):
                workers.stop()
                pool.close()
            }
        }
        closer.stop()
    }
}

extension DatabaseConfiguration {
    var isPostgreSQL: Bool {
        if case .postgresql = self { return true }
        return false
    }

    /// Before a schema changes, an SQLite file is copied beside itself; a copy of an earlier attempt gives way. PostgreSQL has its own backups.
    func snapshot(before step: String, on connection: any SQLConnection) throws {
        guard case .sqlite(let path) = self else { return }
        let copy = "\(path).before-\(step)"
        FileSystem.remove(copy)
        try FileSystem.createPrivate(copy)
        try connection.executeOnce("VACUUM INTO '\(copy.replacingQuotes)'")
        try FileSystem.synchronize(copy)
    }
}

extension String {
    /// The text inside an SQL string: quotes doubled.
    fileprivate var replacingQuotes: String {
        map { $0 == "'" ? "''" : String($0) }.joined()
    }
}
