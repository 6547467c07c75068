public import Primitives
internal import Synchronization

/// Blocks whoever fails too often: a setup code cannot be guessed (contracts/configuration.md, "The setup code").
public final class AttemptLimiter: Sendable {
    /// Callers that are remembered; the oldest go first.
    public static let callerLimit = 10_000

    private struct Record {
        var failures: Int
        var blockedUntil: Timestamp
    }

    private let limit: Int
    private let blockSeconds: Int64
    private let records = Mutex<[String: Record]>([:])

    /// - Parameters:
    ///   - limit: failures that are allowed.
    ///   - blockSeconds: how long the caller is blocked then; also how long failures are remembered.
    public init(limit: Int = 5, blockSeconds: Int64 = 900) {
        self.limit = limit
        self.blockSeconds = blockSeconds
    }

    /// Seconds until the caller may try again, nil when that is now.
    public func blockedSeconds(_ caller: String, at now: Timestamp) -> Int64? {
        records.withLock { records in
            guard let record = records[caller], record.failures >= limit, record.blockedUntil > now else { return nil }
            return (record.blockedUntil.microseconds - now.microseconds + 999_999) / 1_000_000
        }
    }

    /// Notes a failure.
    public func failed(_ caller: String, at now: Timestamp) {
        records.withLock { records in
            let known = records[caller].flatMap { $0.blockedUntil > now ? $0 : nil }
            if known == nil, records.count >= Self.callerLimit {
                records = records.filter { $0.value.blockedUntil > now }
                if records.count >= Self.callerLimit, let oldest = records.min(by: { $0.value.blockedUntil < $1.value.blockedUntil }) {
                    records[oldest.key] = nil
                }
            }
            records[caller] = Record(failures: (known?.failures ?? 0) + 1, blockedUntil: now.adding(seconds: blockSeconds))
        }
    }

    /// Forgets the failures of a caller that succeeded.
    public func succeeded(_ caller: String) {
        records.withLock { $0[caller] = nil }
    }
}
