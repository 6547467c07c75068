internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Makes a new setup code in place of the one before; nil when there is an administrator, and then no code works.
    ///
    /// Only the hash is stored. The text is for the operator's eyes; never log it elsewhere.
    public func renewSetupCode() async throws -> String? {
        let code = SetupCode()
        return try await write { tx in
            guard try !tx.hasAdministrator() else {
                try tx.removeSetupCode()
                return nil
            }
            try tx.execute(
                "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [.text(SettingName.setupCode), .blob(code.hash)])
            return code.grouped
        }
    }

    /// Whether somebody administers the server.
    public func hasAdministrator() async throws -> Bool {
        try await read { try $0.hasAdministrator() }
    }

    /// Makes the first administrator without a setup code (contracts/configuration.md, `registration.bootstrap`).
    ///
    /// - Returns: false when there is an administrator already; then nothing is changed.
    /// - Throws: `CommunityError.invalid`, `.usernameTaken`.
    @discardableResult
    public func bootstrapAdministrator(username: String, password: String) async throws -> Bool {
        try await createAdministrator(username: username, password: password, onlyFirst: true)
    }

    /// Makes an account that administers the server and owns the home space when nobody does: for the operator at the machine.
    ///
    /// - Parameter onlyFirst: do nothing when there is an administrator.
    /// - Returns: whether the account was made.
    /// - Throws: `CommunityError.invalid`, `.usernameTaken`.
    @discardableResult
    public func createAdministrator(username: String, password: String, onlyFirst: Bool = false) async throws -> Bool {
        if onlyFirst, try await hasAdministrator() { return false }
        let registration = try checked(username: username, password: password)
        let passwordHash = try await hash(password)
        return try await namingTaken {
            try await self.write { tx in
                if onlyFirst, try tx.hasAdministrator() { return false }
                let account = try tx.insertAccount(registration, passwordHash: passwordHash, isAdministrator: true)
                try tx.removeSetupCode()
                try tx.installAdministrator(account)
                return true
            }
        }
    }

    /// Gives an account another password and ends all its logins: for the operator at the machine. The event `sessionEnded` is committed with it.
    ///
    /// - Throws: `CommunityError.invalid`, `.unknownAccount`.
    public func resetPassword(of username: String, to password: String) async throws {
        var checks = FieldChecks()
        checks.password(password, length: settings.passwordLength)
        try checks.finish()
        let passwordHash = try await hash(password)
        try await write { tx in
            guard let account = try tx.credentials(.username(username))?.account.id else { throw CommunityError.unknownAccount }
            try tx.execute(
                "UPDATE accounts SET password_hash = $1, updated_at = $2 WHERE id = $3",
                [.text(passwordHash), .integer(tx.now.microseconds), .integer(account.rawValue)])
            try tx.endAllSessions(of: account)
            try tx.audit(.passwordReset, by: account, subject: account.rawValue)
        }
    }

    private func checked(username: String, password: String) throws(CommunityError) -> Registration {
        let registration = Registration(username: username, password: password)
        var checks = FieldChecks()
        checks.registration(registration, passwordLength: settings.passwordLength)
        try checks.finish()
        return registration
    }
}

/// The names of the table `settings`.
enum SettingName {
    /// The hash of the setup code.
    static let setupCode = "setup_code"
    /// What the registry says of this server, as JSON.
    static let registryServer = "registry_server"
}

extension SQLReader {
    func setupCodeHash() throws -> [UInt8]? {
        try first("SELECT value FROM settings WHERE name = $1", [.text(SettingName.setupCode)]) { try $0.blob(0) }
    }
}

extension Transaction {
    /// Removes the code; returns 1 when it was the one of that hash.
    func removeSetupCode(_ codeHash: [UInt8]) throws -> Int {
        try execute("DELETE FROM settings WHERE name = $1 AND value = $2", [.text(SettingName.setupCode), .blob(codeHash)])
    }

    fileprivate func removeSetupCode() throws {
        try execute("DELETE FROM settings WHERE name = $1", [.text(SettingName.setupCode)])
    }

    /// An administrator owns the home space when nobody does, and is a member of it then.
    func installAdministrator(_ account: Account) throws {
        try audit(.administratorMade, by: account.id, subject: account.id.rawValue)
        guard let home = try homeSpace() else { return }
        let owned = try execute(
            "UPDATE spaces SET owner_id = $1, updated_at = $2 WHERE id = $3 AND owner_id IS NULL",
            [.integer(account.id.rawValue), .integer(now.microseconds), .integer(home.rawValue)])
        if owned == 1 { try addMember(account.id, to: home) }
    }
}
