internal import Primitives

/// What the writer's thread holds: its connection and the ids.
struct WriterSession {
    private let clock: WallClock
    private let commits: CommitCounter
    private let connect: @Sendable () throws -> any SQLConnection
    private var ids: IDGenerator
    private var connection: (any SQLConnection)?
    private var follower: EventFollower?

    init(ids: IDGenerator, clock: @escaping WallClock, commits: CommitCounter, connect: @escaping @Sendable () throws -> any SQLConnection)
    {
        self.ids = ids
        self.clock = clock
        self.commits = commits
        self.connect = connect
    }

    mutating func close() {
        connection?.close()
        connection = nil
    }

    /// Tells `follower` of all events that are committed from now on.
    mutating func follow(_ follower: EventFollower) {
        self.follower = follower
    }

    /// Tells the follower what other processes have committed.
    mutating func look() {
        guard follower != nil else { return }
        do {
            let connection = try connected()
            commits.advance()
            try follower?.look(reader: connection)
        } catch {
            // The next look or the next transaction makes a new connection.
            close()
        }
    }

    /// Runs a group of transactions and answers all of them.
    mutating func run(_ jobs: [WriteJob]) {
        var group = Group()
        do {
            try write(jobs, &group)
            answer(group)
        } catch {
            let mayBeDone = group.isReady && connection?.commitsElsewhere == true
            // A connection in an unknown state is not used again.
            connection?.rollback()
            close()
            if mayBeDone, isOnDisk(group) { return answer(group) }
            let failure: any Error = error is DatabaseError ? error : DatabaseError.unavailable(reason: String(describing: error))
            for job in jobs { job.fail(failure) }
        }
    }

    /// Tells of a group that is on disk.
    private mutating func answer(_ group: Group) {
        commits.advance()
        if let connection { follower?.committed(group.events, after: group.previousID, reader: connection) }
        for resume in group.completions { resume() }
        for (job, error) in group.failures { job.fail(error) }
    }

    /// Whether a group whose commit was not answered is on disk all the same. A group without events cannot be recognised, and counts as lost.
    private mutating func isOnDisk(_ group: Group) -> Bool {
        guard let last = group.events.last, let connection = try? connected() else { return false }
        return (try? EventLog.contains(last, in: connection)) ?? false
    }

    private mutating func connected() throws -> any SQLConnection {
        if let connection { return connection }
        let new = try connect()
        connection = new
        return new
    }

    /// Begins a transaction; on a new connection when the one that was kept has gone meanwhile.
    private mutating func begin() throws -> any SQLConnection {
        if let connection {
            do {
                try connection.beginWriting()
                return connection
            } catch DatabaseError.unavailable {
                close()
            }
        }
        let new = try connected()
        try new.beginWriting()
        return new
    }

    private struct Group {
        var events: [Event] = []
        /// The greatest id that had been given out before.
        var previousID: Int64 = 0
        var completions: [@Sendable () -> Void] = []
        var failures: [(WriteJob, any Error)] = []
        /// Whether only the commit is missing.
        var isReady = false
    }

    /// Each transaction in a savepoint, one commit for all. Throws when the whole group is lost.
    private mutating func write(_ jobs: [WriteJob], _ group: inout Group) throws {
        let connection = try begin()
        var drafts: [EventDraft] = []
        let now = clock()
        group.previousID = try EventLog.position(connection).latest
        // Also past those of other processes, which write to the same database in turn.
        ids.advance(past: group.previousID)
        for job in jobs {
            // The ids live in a box while the closure of the transaction uses them.
            let generator = GeneratorBox(ids)
            let transaction = Transaction(connection: connection, now: now) { generator.ids.next(at: now) }
            defer { ids = generator.ids }
            try connection.execute("SAVEPOINT caller")
            do {
                let resume = try job.run(transaction)
                try transaction.finish()
                try connection.execute("RELEASE SAVEPOINT caller")
                drafts += transaction.drafts
                group.completions.append(resume)
            } catch {
                // A severe failure ends the whole transaction by itself; then there is nothing to go back to.
                guard connection.isInTransaction else { throw error }
                try connection.execute("ROLLBACK TO SAVEPOINT caller")
                try connection.execute("RELEASE SAVEPOINT caller")
                group.failures.append((job, error))
            }
        }
        // Ids that no event tells of are noted as well: whoever writes next must not give them out again.
        if ids.latest > group.previousID || !drafts.isEmpty {
            group.events = try EventLog.append(drafts, at: now, to: connection, ids: &ids)
        }
        group.isReady = true
        try connection.commit()
    }

    private final class GeneratorBox {
        var ids: IDGenerator

        init(_ ids: IDGenerator) {
            self.ids = ids
        }
    }
}
