/// Work that many ask for at once and one does: the others wait for what comes of it. Any thread asks.
public final class SharedWork<Value: Sendable>: Sendable {
    private typealias Waiting = [CheckedContinuation<Result<Value, any Error>?, Never>]

    private let waiting = Mutex<[String: Waiting]>([:])

    /// Nothing is under way.
    public init() {}

    /// Does work, unless somebody is at it already: then waits for what comes of that.
    ///
    /// - Parameter key: what it is about.
    /// - Throws: what the work throws, to all who wait for it.
    public func value(for key: String, _ work: () async throws -> Value) async throws -> Value {
        let isFirst = waiting.withLock { waiting in
            guard waiting[key] == nil else { return false }
            waiting[key] = []
            return true
        }
        guard isFirst else {
            // Nil: it has ended between the two looks, and is done anew.
            guard let shared = await joined(key) else { return try await work() }
            return try shared.get()
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(error)
        }
        for continuation in waiting.withLock({ $0.removeValue(forKey: key) ?? [] }) { continuation.resume(returning: result) }
        return try result.get()
    }

    private func joined(_ key: String) async -> Result<Value, any Error>? {
        await withCheckedContinuation { continuation in
            let isWaiting = waiting.withLock { waiting in
                guard waiting[key] != nil else { return false }
                waiting[key]?.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume(returning: nil) }
        }
    }
}
