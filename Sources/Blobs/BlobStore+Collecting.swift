internal import Primitives
internal import Storage

extension BlobStore {
    /// Removals that fail one after the other until the store is taken to be down.
    private static let failureLimit = 3

    /// Removes blobs that nothing refers to since an hour: first the row, with a note of its bytes, then the bytes, then the note. After a crash in between
    /// the next call goes on with the notes.
    ///
    /// - Parameter limit: blobs that are removed at most.
    /// - Returns: whether there may be more.
    /// - Throws: `DatabaseError`; `BlobError.unavailable`: what could not be removed is tried again by the next call, the rest is removed.
    public func collect(limit: Int) async throws -> Bool {
        let untouchedSince = clock().adding(seconds: -Self.graceSeconds)
        let removed = try await database.transaction { try $0.removeUnusedBlobs(untouchedSince: untouchedSince, atMost: limit) }
        let removals = try await database.read { try $0.blobRemovals(atMost: limit) }
        var failure: (any Error)?
        var failuresInRow = 0
        for removal in removals where failuresInRow < Self.failureLimit {
            do {
                try await backend.remove(removal.name)
            } catch {
                failure = failure ?? error
                failuresInRow += 1
                // Behind the others, so that bytes which never go keep nobody else's.
                try await database.transaction { try $0.postpone(removal) }
                continue
            }
            failuresInRow = 0
            try await database.transaction { try $0.forget(removal) }
        }
        if let failure { throw failure }
        return removed == limit || removals.count == limit
    }
}
