public import Primitives
internal import Storage

/// What becomes of candidates when places become free and when nobody comes (contracts/reileta.md 3.5).
extension Community {
    /// A place that is held for somebody.
    public struct HeldPlace: Sendable, Equatable {
        /// Where.
        public var instance: InstanceID
        /// For whom.
        public var account: AccountID
        /// Until when.
        public var until: Timestamp
    }

    /// The first who waits for a place, and how many places there are; nil when nobody does, or the instance is gone.
    public func firstQueued(in id: InstanceID) async throws -> (account: AccountID, capacity: Int)? {
        try await read { reader in
            guard let instance = try reader.instance(id) else { return nil }
            let account = try reader.first(
                "SELECT account_id FROM instance_candidates WHERE instance_id = $1 AND state = 1 ORDER BY place LIMIT 1",
                [.integer(id.rawValue)]
            ) { AccountID(try $0.integer(0)) }
            return account.map { ($0, instance.capacity) }
        }
    }

    /// Gives a place to somebody who waits for one.
    ///
    /// - Returns: false when the person does not wait any more.
    public func acceptQueued(_ account: AccountID, in id: InstanceID, until: Timestamp) async throws -> Bool {
        try await write { tx in
            guard let instance = try tx.instance(id), var candidate = try tx.candidate(account, in: id), candidate.state == .queued else {
                return false
            }
            (candidate.state, candidate.expiresAt) = (.accepted, until)
            tx.append(.candidateChanged(try tx.update(candidate), .accepted, of: instance))
            tx.append(.queueChanged(try tx.queue(of: instance)))
            return true
        }
    }

    /// Ends the reservation of somebody who has not come. That it was let in is remembered for `Limits.approvalSeconds`.
    ///
    /// - Returns: until when the place is held still; nil when it is not.
    public func expireCandidate(_ account: AccountID, in id: InstanceID) async throws -> Timestamp? {
        try await write { tx in
            guard let instance = try tx.instance(id), var candidate = try tx.candidate(account, in: id), candidate.state == .accepted else {
                return nil
            }
            if candidate.hasPlace(at: tx.now) { return candidate.expiresAt }
            candidate.state = .expired
            candidate.expiresAt = tx.now.adding(seconds: candidate.isApproved ? Limits.approvalSeconds : Limits.refusalSeconds)
            tx.append(.candidateChanged(try tx.update(candidate), .expired, of: instance))
            return nil
        }
    }

    /// Takes somebody off the list who has come in.
    public func noteEntry(of account: AccountID, into id: InstanceID) async throws {
        try await write { tx in
            guard let instance = try tx.instance(id), let candidate = try tx.candidate(account, in: id) else { return }
            try tx.remove(candidate, of: instance)
        }
    }

    /// The places that are held, and the instances that somebody waits at: what a start begins with.
    public func heldPlaces() async throws -> (held: [HeldPlace], awaited: [InstanceID]) {
        try await scan { reader in
            let held = try reader.query(
                "SELECT instance_id, account_id, expires_at FROM instance_candidates WHERE state = 2 AND expires_at IS NOT NULL ORDER BY place"
            ) { row in
                HeldPlace(
                    instance: InstanceID(try row.integer(0)), account: AccountID(try row.integer(1)),
                    until: Timestamp(microseconds: try row.integer(2)))
            }
            let awaited = try reader.query("SELECT DISTINCT instance_id FROM instance_candidates WHERE state = 1") {
                InstanceID(try $0.integer(0))
            }
            return (held, awaited)
        }
    }
}
