internal import Primitives

/// What the writer's thread holds: its connection and the ids.
struct WriterSession {
    private let clock: WallClock
    private let connect: @Sendable () throws -> any SQLConnection
    private var ids: IDGenerator
    private var connection: (any SQLConnection)?
    private var follower: EventFollower?

    init(ids: IDGenerator, clock: @escaping WallClock, connect: @escaping @Sendable () throws -> any SQLConnection) {
        self.ids = ids
        self.clock = clock
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
            try follower?.look(reader: connection)
        } catch {
            // The next look or the next transaction makes a new connection.
            close()
        }
    }

    /// Runs a group of transactions and answers all of them.
    mutating func run(_ jobs: [WriteJob]) {
        do {
            let connection = try connected()
            let group = try commit(jobs, on: connection)
            follower?.committed(group.events, after: group.previousEvent, reader: connection)
            for resume in group.completions { resume() }
            for (job, error) in group.failures { job.fail(error) }
        } catch {
            // Nothing of the group is on disk: a connection in an unknown state is not used again.
            connection?.rollback()
            close()
            let failure: any Error = error is DatabaseError ? error : DatabaseError.unavailable(reason: String(describing: error))
            for job in jobs { job.fail(failure) }
        }
    }

    private mutating func connected() throws -> any SQLConnection {
        if let connection { return connection }
        let new = try connect()
        ids.advance(past: try EventLog.position(new).latest)
        connection = new
        return new
    }

    private struct Group {
        var events: [Event] = []
        /// The id of the last event before these.
        var previousEvent: Int64 = 0
        var completions: [@Sendable () -> Void] = []
        var failures: [(WriteJob, any Error)] = []
    }

    /// Each transaction in a savepoint, one commit for all. Throws when the whole group is lost.
    private mutating func commit(_ jobs: [WriteJob], on connection: any SQLConnection) throws -> Group {
        var group = Group()
        var drafts: [EventDraft] = []
        let now = clock()
        let latestID = ids.latest
        try connection.beginWriting()
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
        // Ids that no event tells of are noted as well: whoever opens the database next must not give them out again.
        if ids.latest != latestID || !drafts.isEmpty {
            (group.events, group.previousEvent) = try EventLog.append(drafts, at: now, to: connection, ids: &ids)
        }
        try connection.commit()
        return group
    }

    private final class GeneratorBox {
        var ids: IDGenerator

        init(_ ids: IDGenerator) {
            self.ids = ids
        }
    }
}
