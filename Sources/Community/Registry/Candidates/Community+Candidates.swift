public import Primitives
internal import Storage

/// Who asks to come into an instance, and who decides (contracts/reileta.md 3.5). How many are inside is known to those who let people in: they say
/// whether a place is held. The events are `candidateChanged`, and `queueChanged` when the queue is another.
extension Community {
    /// Asks to come into an instance. Whoever has asked already gets what became of it.
    ///
    /// - Parameters:
    ///   - message: at most 128 characters for those who decide; an empty one is none.
    ///   - isAdmitted: whether the person may come in as it is, given a place.
    ///   - reservedUntil: until when a place is held for the person; nil: there is none.
    /// - Returns: the candidate: accepted when a place is held, queued without one, pending when somebody has to decide.
    /// - Throws: `CommunityError.invalid`, `.unknownInstance`, `.bannedFromInstance`, `.candidateRefused`, `.limitReached`.
    public func requestEntry(
        into id: InstanceID, by account: AccountID, message: String?, isAdmitted: Bool, reservedUntil: Timestamp?
    ) async throws -> Candidate {
        var checks = FieldChecks()
        checks.text(message, in: Limits.candidateMessage, "message")
        try checks.finish()
        return try await write { tx in
            guard let instance = try tx.instance(id) else { throw CommunityError.unknownInstance }
            guard try !tx.isSanctioned(account, .ban, in: id) else { throw CommunityError.bannedFromInstance }
            var isApproved = false
            if let present = try tx.candidate(account, in: id) {
                if present.state == .pending || present.state == .queued || present.hasPlace(at: tx.now) { return present }
                let isRemembered = present.expiresAt.map { $0 > tx.now } ?? false
                if present.state == .refused, isRemembered, let until = present.expiresAt {
                    throw CommunityError.candidateRefused(retryAfter: Int((until.microseconds - tx.now.microseconds) / 1_000_000) + 1)
                }
                // One that was accepted keeps its approval, though it comes late.
                isApproved = present.isApproved && (isRemembered || present.state == .accepted)
                try tx.remove(present, of: instance)
            }
            try tx.requireRoom(for: account, in: instance, isInvited: isApproved)
            let state: Candidate.State = !isAdmitted && !isApproved ? .pending : reservedUntil != nil ? .accepted : .queued
            let candidate = Candidate(
                id: CandidateID(tx.nextID()), instanceID: id, account: try tx.registryUser(account).account, state: state, position: nil,
                message: message.flatMap { $0.isEmpty ? nil : $0 }, isApproved: isApproved, createdAt: tx.now,
                expiresAt: state == .accepted ? reservedUntil : nil)
            return try tx.add(candidate, to: instance)
        }
    }

    /// Lets somebody in who has asked, or invites somebody who has not.
    ///
    /// - Parameter reservedUntil: until when a place is held; nil: there is none, and the person waits for one.
    /// - Throws: `CommunityError.unknownInstance`, `.notRegistryOwner`, `.unknownAccount`, `.bannedFromInstance`, `.limitReached`.
    public func acceptCandidate(
        _ account: AccountID, into id: InstanceID, by actor: AccountID, reservedUntil: Timestamp?
    ) async throws -> Candidate {
        try await write { tx in
            guard let instance = try tx.instance(id) else { throw CommunityError.unknownInstance }
            try tx.requireDecider(instance, actor)
            let person = try tx.registryUser(account).account
            guard try !tx.isSanctioned(account, .ban, in: id) else { throw CommunityError.bannedFromInstance }
            let state: Candidate.State = reservedUntil == nil ? .queued : .accepted
            guard var candidate = try tx.candidate(account, in: id), candidate.state.isOpen else {
                if let past = try tx.candidate(account, in: id) { try tx.remove(past, of: instance) }
                try tx.requireRoom(for: account, in: instance, isInvited: true)
                let invited = Candidate(
                    id: CandidateID(tx.nextID()), instanceID: id, account: person, state: state, position: nil, message: nil,
                    isApproved: true,
                    createdAt: tx.now, expiresAt: reservedUntil)
                return try tx.add(invited, to: instance)
            }
            let before = candidate.state
            candidate.isApproved = true
            // A place that is held stays held as long as was said.
            guard !candidate.hasPlace(at: tx.now) else { return try tx.update(candidate) }
            (candidate.state, candidate.expiresAt) = (state, reservedUntil)
            let changed = try tx.update(candidate, joinsQueue: state == .queued && before != .queued)
            if state == .accepted { tx.append(.candidateChanged(changed, .accepted, of: instance)) }
            if (state == .queued) != (before == .queued) { tx.append(.queueChanged(try tx.queue(of: instance))) }
            return changed
        }
    }

    /// Refuses somebody who has asked, or has been let in and has not come yet. The same person may ask again after `Limits.refusalSeconds`.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.notRegistryOwner`, `.unknownCandidate`.
    public func refuseCandidate(_ account: AccountID, of id: InstanceID, by actor: AccountID) async throws -> Candidate {
        try await write { tx in
            guard let instance = try tx.instance(id) else { throw CommunityError.unknownInstance }
            try tx.requireDecider(instance, actor)
            guard var candidate = try tx.candidate(account, in: id), candidate.state.isOpen else { throw CommunityError.unknownCandidate }
            let wasQueued = candidate.state == .queued
            (candidate.state, candidate.isApproved) = (.refused, false)
            candidate.expiresAt = tx.now.adding(seconds: Limits.refusalSeconds)
            let changed = try tx.update(candidate)
            tx.append(.candidateChanged(changed, .refused, of: instance))
            if wasQueued { tx.append(.queueChanged(try tx.queue(of: instance))) }
            return changed
        }
    }

    /// Takes somebody off the list: itself, or whoever decides. A refusal is taken back only by those who decide.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.notRegistryOwner`, `.unknownCandidate`.
    public func withdrawCandidate(_ account: AccountID, from id: InstanceID, by actor: AccountID) async throws {
        try await write { tx in
            guard let instance = try tx.instance(id) else { throw CommunityError.unknownInstance }
            if account != actor { try tx.requireDecider(instance, actor) }
            guard let candidate = try tx.candidate(account, in: id), account != actor || candidate.state != .refused else {
                throw CommunityError.unknownCandidate
            }
            try tx.remove(candidate, of: instance)
        }
    }

    /// Those of whom something may come still, in the order of the queue.
    ///
    /// - Throws: `CommunityError.unknownInstance`, `.notRegistryOwner` for those who do not decide.
    public func candidates(of id: InstanceID, for actor: AccountID, _ window: RegistryWindow) async throws -> RegistryPage<Candidate> {
        try await scan { reader in
            guard let instance = try reader.instance(id) else { throw CommunityError.unknownInstance }
            try reader.requireDecider(instance, actor)
            let all = try reader.openCandidates(in: id)
            return RegistryPage(total: all.count, items: Array(all.dropFirst(window.offset).prefix(window.limit)))
        }
    }

    /// How many wait for a place in an instance, and what became of one who asked.
    public func candidacy(of account: AccountID, in id: InstanceID) async throws -> (queued: Int, candidate: Candidate?) {
        try await read { reader in
            (try reader.queuedAccounts(in: id).count, try reader.candidate(account, in: id))
        }
    }
}

extension Transaction {
    /// Writes a new candidate, and tells it.
    fileprivate func add(_ candidate: Candidate, to instance: Instance) throws -> Candidate {
        try insert(candidate)
        let added = try self.candidate(candidate.account.id, in: instance.id) ?? candidate
        append(.candidateChanged(added, .added, of: instance))
        if added.state == .queued { append(.queueChanged(try queue(of: instance))) }
        return added
    }

    /// - Parameter isInvited: whether somebody else wants it: then it is not counted among what the person asks for.
    /// - Throws: `CommunityError.limitReached`.
    fileprivate func requireRoom(for account: AccountID, in instance: Instance, isInvited: Bool) throws {
        let inInstance = try first(
            "SELECT COUNT(*) FROM instance_candidates WHERE instance_id = $1 AND state IN (0, 1, 2)", [.integer(instance.id.rawValue)]
        ) { try $0.integer(0) }
        guard inInstance ?? 0 < Limits.candidatesPerInstance else {
            throw CommunityError.limitReached(name: "candidates of one instance", limit: Int(Limits.candidatesPerInstance))
        }
        guard !isInvited else { return }
        if let machine = try registryUser(account).external?.machine {
            let ofMachine = try first(
                """
                SELECT COUNT(*) FROM instance_candidates c
                JOIN linked_identities l ON l.account_id = c.account_id AND l.provider = $1
                WHERE c.instance_id = $2 AND c.state IN (0, 1, 2) AND (l.issuer = $3 OR SUBSTR(l.issuer, 1, $4) = $5)
                """,
                [
                    .text(IdentityProvider.registry), .integer(instance.id.rawValue), .text(machine),
                    .integer(Int64(machine.unicodeScalars.count) + 1), .text(machine + ":"),
                ]
            ) { try $0.integer(0) }
            guard ofMachine ?? 0 < Limits.candidatesPerMachine else {
                throw CommunityError.limitReached(
                    name: "candidates of one machine's servers in one instance", limit: Int(Limits.candidatesPerMachine))
            }
        }
        let ofAccount = try first(
            "SELECT COUNT(*) FROM instance_candidates WHERE account_id = $1 AND is_approved = 0 AND state IN (0, 1, 2)",
            [.integer(account.rawValue)]
        ) { try $0.integer(0) }
        guard ofAccount ?? 0 < Limits.candidaciesPerAccount else {
            throw CommunityError.limitReached(name: "open requests of one account", limit: Int(Limits.candidaciesPerAccount))
        }
    }
}
