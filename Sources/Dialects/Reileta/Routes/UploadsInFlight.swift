internal import Community
internal import Primitives

/// What is being uploaded for whom: several uploads at once have no more room than one after the other.
final class UploadsInFlight: Sendable {
    /// Uploads for one person at a time.
    static let limit = 4

    private struct Held {
        var count = 0
        var bytes: Int64 = 0
    }

    private let held = Mutex<[AccountID: Held]>([:])

    /// Holds room for an upload.
    ///
    /// - Parameters:
    ///   - owner: whose room it is.
    ///   - bytes: how much it takes.
    ///   - room: how much there is, without what is held.
    ///   - quota: how much there is in all.
    /// - Throws: `Failure` 130, 140.
    func begin(for owner: AccountID, bytes: Int64, room: Int64, quota: Int64) throws(Failure) {
        try held.withLock { held throws(Failure) in
            let others = held[owner] ?? Held()
            guard others.count < Self.limit else { throw Failure(.rateLimited, "At most \(Self.limit) uploads at a time.", retryAfter: 5) }
            guard bytes <= room - others.bytes else {
                throw Failure(
                    .fileTooLarge, "At most \(quota) bytes of files per account, of which \(max(room - others.bytes, 0)) are left.")
            }
            held[owner] = Held(count: others.count + 1, bytes: others.bytes + bytes)
        }
    }

    /// Gives the room back.
    func end(for owner: AccountID, bytes: Int64) {
        held.withLock { held in
            guard let others = held[owner] else { return }
            held[owner] = others.count == 1 ? nil : Held(count: others.count - 1, bytes: others.bytes - bytes)
        }
    }
}
