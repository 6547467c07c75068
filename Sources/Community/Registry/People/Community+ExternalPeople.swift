internal import Primitives
public import Storage

/// People of other servers (contracts/reileta.md 2.7): accounts without a password, which may here what the operator has set for them.
extension Community {
    /// The account of somebody of another server; made when it is nothing here yet. What is shown of it is what that server says now.
    ///
    /// - Throws: `CommunityError.missingTag` for somebody whom the operator has shut out; `DatabaseError`.
    public func admit(_ person: ExternalPerson) async throws -> RegistryUser {
        let soon = clock().adding(seconds: Limits.visitSeconds / 2)
        let known = try await read { reader in
            try reader.externalUser(person.name).map { (user: $0, isSeen: try reader.isSeen(person.name, until: soon)) }
        }
        var user = known?.user
        try user?.requireNotDisabled()
        if known.map({ !$0.isSeen || !$0.user.isDescribed(by: person) }) ?? true { user = try await write { try $0.admit(person) } }
        guard let user else { throw CommunityError.unknownAccount }
        externalNames.keep(person.name, of: user.id)
        return user
    }

    /// Somebody of another server who has been here; nil for others.
    public func externalUser(_ name: ExternalName) async throws -> RegistryUser? {
        try await read { try $0.externalUser(name) }
    }

    /// Learns who is at home on other servers.
    func loadExternalNames() async throws {
        let known = try await scan { reader in
            try reader.query(
                "SELECT account_id, subject FROM linked_identities WHERE provider = $1", [.text(IdentityProvider.registry)]
            ) { (AccountID(try $0.integer(0)), ExternalName(try $0.text(1))) }
        }
        for case (let account, let name?) in known { externalNames.keep(name, of: account) }
    }

    /// Who of other servers is vouched for here now, the newest first, at most 1 000.
    public func integritySessions() async throws -> [IntegritySummary] {
        let now = clock()
        return try await scan { reader in
            try reader.query(
                """
                SELECT s.id, l.subject, s.created_at, s.expires_at FROM sessions s
                JOIN linked_identities l ON l.account_id = s.account_id AND l.provider = $1
                WHERE s.kind = $2 AND s.ended_at IS NULL AND s.expires_at > $3 ORDER BY s.id DESC LIMIT 1000
                """, [.text(IdentityProvider.registry), .integer(SessionKind.integrity.rawValue), .integer(now.microseconds)]
            ) { row in
                let text = try row.text(1)
                return IntegritySummary(
                    id: SessionID(try row.integer(0)), name: ExternalName(text) ?? ExternalName(id: text, server: ""),
                    createdAt: Timestamp(microseconds: try row.integer(2)), expiresAt: Timestamp(microseconds: try row.integer(3)))
            }
        }
    }

    /// Ends the logins of all people of a server that is not believed any more, and takes them off the lists of those who wait for places. The events
    /// `sessionEnded`, `candidateChanged` and `queueChanged` are committed with it.
    ///
    /// - Parameter tx: what makes it so.
    public static func endIntegritySessions(ofServer server: String, in tx: Transaction) throws {
        let sessions = try tx.query(
            """
            SELECT s.id, s.account_id FROM linked_identities l JOIN sessions s ON s.account_id = l.account_id
            WHERE l.provider = $1 AND l.issuer = $2 AND s.kind = $3 AND s.ended_at IS NULL
            """, [.text(IdentityProvider.registry), .text(server), .integer(SessionKind.integrity.rawValue)]
        ) { (SessionID(try $0.integer(0)), AccountID(try $0.integer(1))) }
        for (session, account) in sessions { try tx.endSession(session, of: account) }
        let candidates = try tx.query(
            """
            SELECT DISTINCT c.account_id FROM instance_candidates c
            JOIN linked_identities l ON l.account_id = c.account_id AND l.provider = $1 WHERE l.issuer = $2 ORDER BY c.account_id
            """, [.text(IdentityProvider.registry), .text(server)]
        ) { AccountID(try $0.integer(0)) }
        try tx.removeCandidacies(of: candidates)
    }

    /// Lets somebody in for whom another server vouches.
    ///
    /// - Returns: the login, with a token that is good for as long as the operator has set.
    /// - Throws: `CommunityError.missingTag` for somebody whom the operator has shut out; `DatabaseError`.
    public func openIntegritySession(for person: ExternalPerson) async throws -> LoginSession {
        let (terms, uses) = (settings.integrityTerms, sessionUses)
        let login = try await write { tx in
            let user = try tx.admit(person)
            let login = try tx.insertSession(of: user.account, terms, uses: uses)
            try tx.note(person.name, until: login.expiresAt)
            return login
        }
        externalNames.keep(person.name, of: login.account.id)
        return login
    }
}

extension SQLReader {
    /// Somebody of another server who has been here; nil for others.
    func externalUser(_ name: ExternalName) throws -> RegistryUser? {
        guard name.text.isStorable else { return nil }
        let account = try first(
            "SELECT account_id FROM linked_identities WHERE provider = $1 AND subject = $2",
            [.text(IdentityProvider.registry), .text(name.text)]
        ) { AccountID(try $0.integer(0)) }
        return try account.map { try registryUser($0) }
    }

    /// Whether it is written down that somebody may be here until then, or longer.
    fileprivate func isSeen(_ name: ExternalName, until moment: Timestamp) throws -> Bool {
        try first(
            "SELECT account_id FROM linked_identities WHERE provider = $1 AND subject = $2 AND seen_until >= $3",
            [.text(IdentityProvider.registry), .text(name.text), .integer(moment.microseconds)]
        ) { _ in true } ?? false
    }
}

extension RegistryUser {
    /// - Throws: `CommunityError.missingTag`.
    fileprivate func requireNotDisabled() throws(CommunityError) {
        guard !tags.contains(AccountTag.disabled) else { throw .missingTag(AccountTag.logIn) }
    }

    /// Whether what is shown of somebody is what its own server says.
    fileprivate func isDescribed(by person: ExternalPerson) -> Bool {
        externalUsername == person.username && account.displayName == person.shownName
    }
}

extension ExternalPerson {
    /// As much of the name as can be shown.
    fileprivate var shownName: String? {
        ImportedName.displayName(from: display) ?? ImportedName.displayName(from: username)
    }
}

extension Transaction {
    /// An account for somebody of another server. Its name here has a number that nobody else gets: the others are for the own people.
    func admit(_ person: ExternalPerson) throws -> RegistryUser {
        let user = try described(person)
        try note(person.name, until: now.adding(seconds: Limits.visitSeconds))
        return user
    }

    /// Takes note that somebody may be here until then; a later time stays.
    fileprivate func note(_ name: ExternalName, until end: Timestamp) throws {
        try execute(
            """
            UPDATE linked_identities SET seen_until = $1
            WHERE provider = $2 AND subject = $3 AND (seen_until IS NULL OR seen_until < $1)
            """, [.integer(end.microseconds), .text(IdentityProvider.registry), .text(name.text)])
    }

    private func described(_ person: ExternalPerson) throws -> RegistryUser {
        guard let known = try externalUser(person.name) else {
            let id = try insertPerson(
                IdentityProvider.registry, person.name.text, username: ImportedName.username(from: "visitor", number: nextID()),
                displayName: person.shownName, issuer: person.name.server)
            try keepName(of: person)
            return try registryUser(id)
        }
        try known.requireNotDisabled()
        guard !known.isDescribed(by: person) else { return known }
        var account = known.account
        account.displayName = person.shownName
        account.updatedAt = now
        try update(account)
        try keepName(of: person)
        append(.accountUpdated(account))
        return try registryUser(account.id)
    }

    private func keepName(of person: ExternalPerson) throws {
        try execute(
            "UPDATE linked_identities SET name = $1 WHERE provider = $2 AND subject = $3",
            [.text(person.username), .text(IdentityProvider.registry), .text(person.name.text)])
    }
}
