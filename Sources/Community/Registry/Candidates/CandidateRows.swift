internal import Primitives
internal import Storage

/// A candidate as it stands in the database, without the person.
private struct CandidateRow {
    var candidate: (Account, Int?) -> Candidate
    var accountID: AccountID
    var state: Candidate.State
    var instanceID: InstanceID
    var place: Int64

    /// From the columns id, instance_id, account_id, state, place, is_approved, message, created_at, expires_at.
    init(_ row: Row) throws {
        let id = CandidateID(try row.integer(0))
        let instance = InstanceID(try row.integer(1))
        let state = Candidate.State(rawValue: try row.integer(3)) ?? .expired
        let (isApproved, message) = (try row.bool(5), try row.optionalText(6))
        let createdAt = Timestamp(microseconds: try row.integer(7))
        let expiresAt = try row.optionalInteger(8).map { Timestamp(microseconds: $0) }
        candidate = { account, position in
            Candidate(
                id: id, instanceID: instance, account: account, state: state, position: position, message: message, isApproved: isApproved,
                createdAt: createdAt, expiresAt: expiresAt)
        }
        (accountID, place) = (AccountID(try row.integer(2)), try row.integer(4))
        (self.state, instanceID) = (state, instance)
    }
}

extension SQLReader {
    /// Somebody as a candidate of an instance, in whatever state; nil when there is none.
    func candidate(_ account: AccountID, in instance: InstanceID) throws -> Candidate? {
        let row = try first(
            """
            SELECT id, instance_id, account_id, state, place, is_approved, message, created_at, expires_at FROM instance_candidates
            WHERE instance_id = $1 AND account_id = $2
            """, [.integer(instance.rawValue), .integer(account.rawValue)]
        ) { try CandidateRow($0) }
        return try row.map { try filled($0) }
    }

    /// All of an instance of whom something may come still, in the order of the queue.
    func openCandidates(in instance: InstanceID) throws -> [Candidate] {
        let rows = try query(
            """
            SELECT id, instance_id, account_id, state, place, is_approved, message, created_at, expires_at FROM instance_candidates
            WHERE instance_id = $1 AND state IN (0, 1, 2) ORDER BY place
            """, [.integer(instance.rawValue)]
        ) { try CandidateRow($0) }
        var position = 0
        return try rows.map { row in
            if row.state == .queued { position += 1 }
            return row.candidate(try account(row.accountID), row.state == .queued ? position : nil)
        }
    }

    /// All of one person, in whatever instances and states.
    func candidates(of account: AccountID) throws -> [Candidate] {
        let rows = try query(
            """
            SELECT id, instance_id, account_id, state, place, is_approved, message, created_at, expires_at FROM instance_candidates
            WHERE account_id = $1 ORDER BY id
            """, [.integer(account.rawValue)]
        ) { try CandidateRow($0) }
        return try rows.map { try filled($0) }
    }

    /// Who waits for a place, in order.
    func queuedAccounts(in instance: InstanceID) throws -> [AccountID] {
        try query(
            "SELECT account_id FROM instance_candidates WHERE instance_id = $1 AND state = 1 ORDER BY place", [.integer(instance.rawValue)]
        ) { AccountID(try $0.integer(0)) }
    }

    /// Who waits for a place, the first of them with all that is known.
    func queue(of instance: Instance) throws -> InstanceQueue {
        let accounts = try queuedAccounts(in: instance.id)
        let first = try accounts.prefix(InstanceQueue.shownLimit).compactMap { try candidate($0, in: instance.id) }
        return InstanceQueue(place: InstanceReference(instance), accounts: accounts, first: first)
    }

    private func filled(_ row: CandidateRow) throws -> Candidate {
        var position: Int?
        if row.state == .queued {
            let before = try first(
                "SELECT COUNT(*) FROM instance_candidates WHERE instance_id = $1 AND state = 1 AND place < $2",
                [.integer(row.instanceID.rawValue), .integer(row.place)]
            ) { Int(try $0.integer(0)) }
            position = (before ?? 0) + 1
        }
        return row.candidate(try account(row.accountID), position)
    }

    /// - Throws: `CommunityError.notRegistryOwner` unless somebody decides who comes in.
    func requireDecider(_ instance: Instance, _ actor: AccountID) throws {
        guard instance.role(of: try registryUser(actor).account).decides else { throw CommunityError.notRegistryOwner }
    }
}

extension Transaction {
    /// Writes a new candidate.
    func insert(_ candidate: Candidate) throws {
        try execute(
            """
            INSERT INTO instance_candidates (id, instance_id, account_id, state, place, is_approved, message, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $1, $5, $6, $7, $8)
            """,
            [
                .integer(candidate.id.rawValue), .integer(candidate.instanceID.rawValue), .integer(candidate.account.id.rawValue),
                .integer(candidate.state.rawValue), .bool(candidate.isApproved), .optional(candidate.message),
                .integer(candidate.createdAt.microseconds), .optional(candidate.expiresAt?.microseconds),
            ])
    }

    /// Writes what may change of a candidate. Who comes into the queue stands at its end.
    ///
    /// - Returns: the candidate as it is now.
    func update(_ candidate: Candidate, joinsQueue: Bool = false) throws -> Candidate {
        try execute(
            "UPDATE instance_candidates SET state = $1, is_approved = $2, expires_at = $3 WHERE id = $4",
            [
                .integer(candidate.state.rawValue), .bool(candidate.isApproved), .optional(candidate.expiresAt?.microseconds),
                .integer(candidate.id.rawValue),
            ])
        if joinsQueue {
            try execute(
                "UPDATE instance_candidates SET place = $1 WHERE id = $2", [.integer(nextID()), .integer(candidate.id.rawValue)])
        }
        return try self.candidate(candidate.account.id, in: candidate.instanceID) ?? candidate
    }

    /// Takes a candidate off the list, and tells it unless nothing could have come of it any more.
    func remove(_ candidate: Candidate, of instance: Instance) throws {
        try execute("DELETE FROM instance_candidates WHERE id = $1", [.integer(candidate.id.rawValue)])
        if candidate.state.isOpen { append(.candidateChanged(candidate, .removed, of: instance)) }
        if candidate.state == .queued { append(.queueChanged(try queue(of: instance))) }
    }

    /// Takes people off all lists of candidates; who waits is told once for each instance.
    func removeCandidacies(of accounts: [AccountID]) throws {
        var queues: [InstanceID: Instance] = [:]
        for candidate in try accounts.flatMap({ try candidates(of: $0) }) {
            try execute("DELETE FROM instance_candidates WHERE id = $1", [.integer(candidate.id.rawValue)])
            guard candidate.state.isOpen, let instance = try queues[candidate.instanceID] ?? instance(candidate.instanceID) else {
                continue
            }
            append(.candidateChanged(candidate, .removed, of: instance))
            if candidate.state == .queued { queues[instance.id] = instance }
        }
        for instance in queues.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
            append(.queueChanged(try queue(of: instance)))
        }
    }

    /// Takes somebody out of all that it has to do with in instances of others: it is gone.
    func leaveInstances(_ account: AccountID) throws {
        for candidate in try candidates(of: account) {
            if let instance = try instance(candidate.instanceID) { try remove(candidate, of: instance) }
        }
        try execute("DELETE FROM instance_candidates WHERE account_id = $1", [.integer(account.rawValue)])
        try execute("DELETE FROM instance_sanctions WHERE account_id = $1", [.integer(account.rawValue)])
        let helped = try query(
            "SELECT id FROM instances WHERE ',' || moderators || ',' LIKE $1", [.text("%,\(account.rawValue),%")]
        ) { InstanceID(try $0.integer(0)) }
        for id in helped {
            guard var instance = try instance(id) else { continue }
            instance.moderators.removeAll { $0 == account }
            try update(instance, passwordHash: .keep)
        }
    }
}
