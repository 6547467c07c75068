public import Primitives

/// Blocks whoever fails too often: a setup code cannot be guessed (contracts/configuration.md, "The setup code").
public final class AttemptLimiter: Sendable {
    /// Callers that are remembered, where nothing else is asked for.
    public static let callerLimit = 10_000

    private struct Record {
        var failures: Int
        var forgottenAt: Timestamp
    }

    private let limit: Int
    private let blockSeconds: Int64
    private let callerLimit: Int
    private let records = Mutex<[String: Record]>([:])

    /// - Parameters:
    ///   - limit: failures that are allowed.
    ///   - blockSeconds: how long the caller is blocked then; also how long failures are remembered.
    ///   - callerLimit: callers that are remembered; those whose last failure is oldest go first.
    public init(limit: Int = 5, blockSeconds: Int64 = 900, callerLimit: Int = AttemptLimiter.callerLimit) {
        self.limit = limit
        self.blockSeconds = blockSeconds
        self.callerLimit = max(callerLimit, 1)
    }

    /// Seconds until the caller may try again, rounded up; nil when that is now.
    public func blockedSeconds(_ caller: String, at now: Timestamp) -> Int64? {
        records.withLock { blockedSeconds(caller, &$0, at: now) }
    }

    /// Counts a try as a failure until it is known to be none.
    ///
    /// - Returns: seconds until the caller may try, rounded up; nil when it may now.
    public func attempt(_ caller: String, at now: Timestamp) -> Int64? {
        records.withLock { records in
            let seconds = blockedSeconds(caller, &records, at: now)
            if seconds == nil { note(caller, &records, at: now) }
            return seconds
        }
    }

    /// Takes back a failure that was none.
    public func forgive(_ caller: String) {
        records.withLock { records in
            guard let record = records[caller] else { return }
            records[caller] = record.failures > 1 ? Record(failures: record.failures - 1, forgottenAt: record.forgottenAt) : nil
        }
    }

    /// Notes a failure.
    public func failed(_ caller: String, at now: Timestamp) {
        records.withLock { note(caller, &$0, at: now) }
    }

    /// Forgets the failures of a caller that succeeded.
    public func succeeded(_ caller: String) {
        records.withLock { $0[caller] = nil }
    }

    /// Callers that are remembered now.
    var count: Int { records.withLock { $0.count } }

    private func blockedSeconds(_ caller: String, _ records: inout [String: Record], at now: Timestamp) -> Int64? {
        guard var record = Self.current(records[caller], at: now), record.failures >= limit else { return nil }
        // A clock that was set back does not make the block longer.
        record.forgottenAt = min(record.forgottenAt, now.adding(seconds: blockSeconds))
        records[caller] = record
        return (record.forgottenAt.microseconds - now.microseconds + 999_999) / 1_000_000
    }

    private func note(_ caller: String, _ records: inout [String: Record], at now: Timestamp) {
        let known = Self.current(records[caller], at: now)
        if records[caller] == nil, records.count >= callerLimit { Self.makeRoom(in: &records, limit: callerLimit, at: now) }
        records[caller] = Record(failures: (known?.failures ?? 0) + 1, forgottenAt: now.adding(seconds: blockSeconds))
    }

    private static func current(_ record: Record?, at now: Timestamp) -> Record? {
        record.flatMap { $0.forgottenAt > now ? $0 : nil }
    }

    /// Makes room for a tenth of the limit at once, so that a flood of callers does not search all for each.
    private static func makeRoom(in records: inout [String: Record], limit: Int, at now: Timestamp) {
        records = records.filter { $0.value.forgottenAt > now }
        let surplus = records.count - (limit - max(limit / 10, 1))
        guard surplus > 0 else { return }
        for (caller, _) in records.sorted(by: { $0.value.forgottenAt < $1.value.forgottenAt }).prefix(surplus) { records[caller] = nil }
    }
}
