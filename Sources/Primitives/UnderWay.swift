/// Counts what is under way for somebody, or at some place, up to a limit. Any thread asks.
public final class UnderWay: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Nothing is under way.
    public init() {}

    /// Begins one more.
    ///
    /// - Returns: false when as many are under way as may be: then there is nothing to end.
    public func begin(_ key: String, limit: Int) -> Bool {
        counts.withLock { counts in
            let count = counts[key, default: 0]
            guard count < limit else { return false }
            counts[key] = count + 1
            return true
        }
    }

    /// Ends one that has begun.
    public func end(_ key: String) {
        counts.withLock { counts in
            let count = counts[key, default: 1] - 1
            counts[key] = count > 0 ? count : nil
        }
    }
}
