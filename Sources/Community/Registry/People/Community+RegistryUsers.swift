internal import Primitives
internal import Storage

/// People of the registry (contracts/reileta.md 2.3). Anybody may look at them.
extension Community {
    /// The terms of a login of the registry.
    public var registryTerms: SessionTerms { settings.registryTerms }

    /// - Throws: `CommunityError.unknownAccount`.
    public func registryUser(_ selector: UserSelector) async throws -> RegistryUser {
        try await read { try $0.registryUser(selector) }
    }

    /// The administrator who was first.
    ///
    /// - Throws: `CommunityError.unknownAccount` without any.
    public func mainAdministrator() async throws -> RegistryUser {
        try await read { reader in
            guard let id = try reader.firstAdministrator() else { throw CommunityError.unknownAccount }
            return try reader.registryUser(id)
        }
    }

    /// People whose names have a text in them.
    public func registryUsers(matching query: String, _ window: RegistryWindow) async throws -> RegistryPage<RegistryUser> {
        try await scan { try $0.registryUsers(matching: query, window) }
    }

    /// Those of the named people of this server that there are, in the order in which they were named.
    public func registryUsers(_ selectors: [UserSelector]) async throws -> [RegistryUser] {
        try await scan { reader in
            try selectors.compactMap { selector in
                do {
                    let user = try reader.registryUser(selector)
                    return user.external == nil ? user : nil
                } catch CommunityError.unknownAccount {
                    return nil
                }
            }
        }
    }

    /// Changes somebody. The event `accountUpdated` is committed with it, unless nothing changes.
    ///
    /// A new password ends all other logins of the account. Tags are given and taken by administrators; the tag `avr:disabled` ends the logins of the
    /// registry.
    /// - Parameter session: the caller's login, which goes on.
    /// - Throws: `CommunityError.invalid`, `.unknownAccount`, `.missingTag`, `.lastAdministrator`, `.usernameTaken`, `.emailTaken`, `.busy`.
    public func updateRegistryUser(
        _ id: AccountID, _ changes: RegistryUserChanges, by actor: AccountID, session: SessionID
    ) async throws -> RegistryUser {
        try changes.check(passwordLength: settings.passwordLength)
        let settings = settings
        try await read { try $0.authorizeChange(of: id, changes, by: actor, settings) }
        let passwordHash: String? = if let password = changes.password { try await hash(password) } else { nil }
        return try await namingTaken {
            try await self.write { tx in
                try tx.authorizeChange(of: id, changes, by: actor, settings)
                let present = try tx.registryUser(id)
                var user = present
                user.account = changes.profile.applied(to: present.account)
                user.home = changes.home.emptyAsNone.applied(to: present.home)
                if let tags = changes.tags { try tx.give(tags, to: &user, by: actor) }
                if let passwordHash {
                    try tx.execute(
                        "UPDATE accounts SET password_hash = $1 WHERE id = $2", [.text(passwordHash), .integer(id.rawValue)])
                    try tx.endSessions(of: id, except: session)
                    try tx.audit(.passwordChanged, by: actor, subject: id.rawValue)
                }
                guard user != present || passwordHash != nil else { return present }
                user.account.updatedAt = tx.now
                try tx.requireUnmistakable(user.account)
                try tx.update(user.account)
                try tx.updateRegistryColumns(of: user)
                tx.append(.accountUpdated(user.account))
                return user
            }
        }
    }

    /// Deletes somebody's account, with all that it has in the registry. What it has said stays, under a name that says nothing.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.missingTag`, `.lastAdministrator`.
    public func deleteRegistryUser(_ id: AccountID, by actor: AccountID) async throws {
        let settings = settings
        try await write { tx in
            let caller = try tx.registryUser(actor)
            let isAllowed =
                caller.account.isAdministrator || caller.may(AccountTag.deleteUser, settings)
                || id == actor && caller.may(AccountTag.deleteSelf, settings)
            guard isAllowed else { throw CommunityError.missingTag(id == actor ? AccountTag.deleteSelf : AccountTag.deleteUser) }
            let user = try tx.registryUser(id)
            // Only administrators get rid of administrators.
            guard !user.account.isAdministrator || caller.account.isAdministrator else {
                throw CommunityError.missingTag(AccountTag.admin)
            }
            try tx.requireAnotherAdministrator(than: user)
            try tx.removeRegistryObjects(of: id)
            try tx.releaseSpaces(of: id)
            try tx.forget(id)
        }
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.unknownAccount`, `.missingTag`.
    fileprivate func authorizeChange(
        of id: AccountID, _ changes: RegistryUserChanges, by actor: AccountID, _ settings: CommunitySettings
    ) throws {
        let caller = try registryUser(actor)
        guard id == actor ? caller.may(AccountTag.editUser, settings) : caller.account.isAdministrator else {
            throw CommunityError.missingTag(id == actor ? AccountTag.editUser : AccountTag.admin)
        }
        guard changes.tags == nil || caller.account.isAdministrator else { throw CommunityError.missingTag(AccountTag.admin) }
        _ = try registryUser(id)
    }

    /// - Throws: `CommunityError.lastAdministrator` when nobody would administer the server without this one.
    func requireAnotherAdministrator(than user: RegistryUser) throws {
        guard user.account.isAdministrator else { return }
        let other = try first(
            "SELECT id FROM accounts WHERE is_administrator = 1 AND id <> $1 LIMIT 1", [.integer(user.id.rawValue)]
        ) { _ in true }
        guard other != nil else { throw CommunityError.lastAdministrator }
    }
}

extension Transaction {
    /// Gives somebody these tags and no others. What makes an administrator is a property of the account for all APIs.
    fileprivate func give(_ tags: [String], to user: inout RegistryUser, by actor: AccountID) throws {
        var unique: [String] = []
        for tag in tags where ![AccountTag.admin, AccountTag.root].contains(tag) && !unique.contains(tag) { unique.append(tag) }
        let administers = tags.contains(AccountTag.admin)
        if !administers { try requireAnotherAdministrator(than: user) }
        if unique.contains(AccountTag.disabled), !user.tags.contains(AccountTag.disabled) {
            try endSessions(of: user.id, kind: .registry)
        }
        if administers != user.account.isAdministrator {
            try audit(administers ? .administratorMade : .administratorRemoved, by: actor, subject: user.id.rawValue)
        }
        user.tags = unique
        user.account.isAdministrator = administers
    }

    fileprivate func endSessions(of account: AccountID, except kept: SessionID) throws {
        let others = try query(
            "SELECT id FROM sessions WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL",
            [.integer(account.rawValue), .integer(kept.rawValue)]
        ) { SessionID(try $0.integer(0)) }
        for session in others { try endSession(session, of: account) }
    }

    private func endSessions(of account: AccountID, kind: SessionKind) throws {
        let sessions = try query(
            "SELECT id FROM sessions WHERE account_id = $1 AND kind = $2 AND ended_at IS NULL",
            [.integer(account.rawValue), .integer(kind.rawValue)]
        ) { SessionID(try $0.integer(0)) }
        for session in sessions { try endSession(session, of: account) }
    }
}
