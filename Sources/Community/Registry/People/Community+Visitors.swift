public import Primitives
internal import Storage

/// What the operator does about people of other servers, and what becomes of those who left nothing here.
extension Community {
    /// Lets somebody of another server in no more, or again. One who is shut out is remembered, also when it has never been here.
    ///
    /// The logins end with it, and nobody waits for places any more. The event `accountUpdated` is committed with it, unless nothing changes.
    public func setDisabled(_ isDisabled: Bool, visitor name: ExternalName) async throws {
        let person = ExternalPerson(name: name, username: name.id, display: name.id)
        let account: AccountID? = try await write { tx in
            guard var user = try tx.externalUser(name) ?? (isDisabled ? tx.admit(person) : nil) else { return nil }
            guard user.tags.contains(AccountTag.disabled) != isDisabled else { return user.id }
            user.tags.removeAll { $0 == AccountTag.disabled }
            if isDisabled { user.tags.append(AccountTag.disabled) }
            user.account.updatedAt = tx.now
            try tx.update(user.account)
            try tx.updateRegistryColumns(of: user)
            if isDisabled {
                try tx.endAllSessions(of: user.id)
                try tx.removeCandidacies(of: [user.id])
            }
            try tx.audit(
                .keyTrustChanged, by: AccountID(0), subject: user.id.rawValue,
                details: "\(isDisabled ? "denied" : "allowed") the person \(name.text)")
            tx.append(.accountUpdated(user.account))
            return user.id
        }
        if let account { externalNames.keep(name, of: account) }
    }

    /// Who of other servers may not come in, in the order of their names.
    public func disabledVisitors() async throws -> [ExternalName] {
        try await scan { reader in
            try reader.query(
                """
                SELECT l.subject FROM linked_identities l JOIN accounts a ON a.id = l.account_id
                WHERE l.provider = $1 AND ',' || a.tags || ',' LIKE $2 ORDER BY l.subject
                """, [.text(IdentityProvider.registry), .text("%,\(AccountTag.disabled),%")]
            ) { ExternalName(try $0.text(0)) }.compactMap { $0 }
        }
    }

    /// Forgets people of other servers who were not here since a moment and have left nothing: no rule about them, no friends, no place in any list.
    /// Should one come back, it is as for the first time.
    ///
    /// - Parameters:
    ///   - moment: not later than the oldest event that is kept: events name people.
    ///   - batch: how many at most, so that nobody waits long.
    /// - Returns: whether there may be more.
    public func removeForgottenVisitors(before moment: Timestamp, batch: Int = 100) async throws -> Bool {
        let idle = try await scan { try $0.forgettableVisitors(before: moment, numbers: (0, .max), limit: batch) }
        guard !idle.isEmpty else { return false }
        let removed = try await write { tx in
            var removed: [AccountID] = []
            for account in idle {
                // It may have come back since.
                let number = account.rawValue
                guard try !tx.forgettableVisitors(before: moment, numbers: (number - 1, number), limit: 1).isEmpty else { continue }
                try tx.execute("DELETE FROM channel_invites WHERE recipient_id = $1", [.integer(number)])
                try tx.execute("DELETE FROM linked_identities WHERE account_id = $1", [.integer(number)])
                try tx.execute("DELETE FROM accounts WHERE id = $1", [.integer(number)])
                removed.append(account)
            }
            return removed
        }
        for account in removed { externalNames.forget(account) }
        return removed.count == batch
    }
}

extension SQLReader {
    /// In no order: whoever asks for some does not wait for all.
    ///
    /// - Parameter numbers: of accounts: behind the first, up to the second.
    fileprivate func forgettableVisitors(
        before moment: Timestamp, numbers: (Int64, Int64), limit: Int
    ) throws -> [AccountID] {
        try query(
            """
            SELECT a.id FROM accounts a JOIN linked_identities l ON l.account_id = a.id AND l.provider = $1
            WHERE a.id > $2 AND a.id <= $3 AND a.updated_at < $4
                AND COALESCE(l.seen_until, l.created_at) < $4 AND a.tags = '' AND a.home IS NULL AND a.password_hash IS NULL
                AND NOT EXISTS (SELECT 1 FROM linked_identities o WHERE o.account_id = a.id AND o.provider <> $1)
                AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.account_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM members m WHERE m.account_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM channel_members c WHERE c.account_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM instance_candidates c WHERE c.account_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM instance_sanctions s WHERE s.account_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.followee_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.owner_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM worlds w WHERE w.owner_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM services s WHERE s.owner_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM pictures p WHERE p.subject_id = a.id)
                AND NOT EXISTS (
                    SELECT 1 FROM instances i
                    WHERE i.moderators <> '' AND ',' || i.moderators || ',' LIKE '%,' || CAST(a.id AS TEXT) || ',%')
            LIMIT $5
            """,
            [
                .text(IdentityProvider.registry), .integer(numbers.0), .integer(numbers.1), .integer(moment.microseconds),
                .integer(Int64(limit)),
            ]
        ) { AccountID(try $0.integer(0)) }
    }
}
