internal import Reactor

/// The small reads of one loop, on the loop itself: a hop would cost more than a read.
///
/// The reads of one tick share a transaction, whose beginning and end take as long as a small read (two locks of the file). It ends with the tick,
/// and before a read that must see a commit of the meantime.
final class LoopReader {
    private struct Open {
        let connection: any SQLConnection
        /// The commits that had been told of when it began; it has all of them.
        let commits: UInt64
    }

    private let pool: ConnectionPool
    private let commits: CommitCounter
    private var open: Open?

    init(pool: ConnectionPool, commits: CommitCounter) {
        self.pool = pool
        self.commits = commits
    }

    func read<Value>(on loop: EventLoop, _ body: (any SQLReader) throws -> Value) throws -> Value {
        let connection = try connection(on: loop)
        do {
            return try body(connection)
        } catch {
            // A rule that refuses, or a statement that fails, leaves the transaction as good as it was.
            if case DatabaseError.unavailable = error { end(isUsable: false) }
            throw error
        }
    }

    private func connection(on loop: EventLoop) throws -> any SQLConnection {
        let latest = commits.value
        if let open {
            if open.commits == latest { return open.connection }
            end()
        }
        let connection = try pool.begin()
        open = Open(connection: connection, commits: latest)
        loop.atEndOfTick { [self] in end() }
        return connection
    }

    private func end(isUsable: Bool = true) {
        guard let connection = open?.connection else { return }
        open = nil
        do {
            guard isUsable else { return pool.discard(connection) }
            try connection.commit()
            pool.give(back: connection)
        } catch {
            pool.discard(connection)
        }
    }
}
