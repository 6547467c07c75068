internal import Primitives
internal import Reactor

/// Connections for reading that are taken and given back, so that no two threads use one at the same time.
final class ConnectionPool: Sendable {
    /// A connection on its way between threads.
    private struct Idle: Sendable {
        /// Unchecked because whoever takes a connection out of the pool is the only one to have it until it is given back.
        nonisolated(unsafe) let connection: any SQLConnection
    }

    private let idle = Mutex<[Idle]?>([])
    private let connect: @Sendable () throws -> any SQLConnection

    init(connect: @escaping @Sendable () throws -> any SQLConnection) {
        self.connect = connect
    }

    /// Runs `body` in a transaction that reads one state of the database.
    func read<Value>(_ body: (any SQLReader) throws -> Value) throws -> Value {
        let connection = try begin()
        do {
            let value = try connection.reading(body)
            give(back: connection)
            return value
        } catch {
            if case DatabaseError.unavailable = error { discard(connection) } else { give(back: connection) }
            throw error
        }
    }

    /// A connection on which a transaction has begun: a new one when one that was idle has gone meanwhile. Given back when it has ended, or
    /// discarded.
    func begin() throws -> any SQLConnection {
        if let connection = try take() {
            do {
                try connection.beginReading()
                return connection
            } catch DatabaseError.unavailable {
                discard(connection)
            } catch {
                give(back: connection)
                throw error
            }
        }
        let new = try connect()
        do {
            try new.beginReading()
            return new
        } catch {
            new.close()
            throw error
        }
    }

    /// After a failure of a connection the next read makes a new one: what ended this one has most likely ended those that were idle, too.
    func discard(_ connection: any SQLConnection) {
        connection.close()
        let suspects = idle.withLock { idle in
            defer { if idle != nil { idle = [] } }
            return idle
        }
        for entry in suspects ?? [] { entry.connection.close() }
    }

    /// Closes the idle connections; those in use close when they come back.
    func close() {
        let last = idle.withLock { idle in
            defer { idle = nil }
            return idle
        }
        for entry in last ?? [] { entry.connection.close() }
    }

    private func take() throws(DatabaseError) -> (any SQLConnection)? {
        let (entry, isClosed) = idle.withLock { idle in (idle?.popLast(), idle == nil) }
        if isClosed { throw .closed }
        return entry?.connection
    }

    func give(back connection: any SQLConnection) {
        let entry = Idle(connection: connection)
        let isClosed = idle.withLock { idle in
            idle?.append(entry)
            return idle == nil
        }
        if isClosed { connection.close() }
    }
}
