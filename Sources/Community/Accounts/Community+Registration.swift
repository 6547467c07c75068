internal import Primitives
internal import Security
internal import Storage

extension Community {
    /// Makes an account and logs it in.
    ///
    /// The setup code makes the administrator, who also owns the home space, whatever the registration mode. It works once. Five wrong codes from one
    /// address and the address has to wait for 15 minutes (contracts/configuration.md).
    ///
    /// - Parameters:
    ///   - terms: what the login is for and how long; nil: with a refresh token, as the operator has set.
    ///   - address: where the request comes from, for counting wrong codes.
    /// - Throws: `CommunityError.invalid`, `.registrationClosed`, `.invitationRequired`, `.invalidInvitation`, `.tooManySetupAttempts`,
    ///   `.usernameTaken`, `.emailTaken`, `.busy`.
    public func register(_ registration: Registration, terms: SessionTerms? = nil, address: String) async throws -> LoginSession {
        let terms = terms ?? settings.refreshTerms
        return try await admit(registration, address: address) { account, tx in try tx.insertSession(of: account, terms) }
    }

    /// Makes an account, as `register` does, without logging it in.
    public func createAccount(_ registration: Registration, address: String) async throws -> Account {
        try await admit(registration, address: address) { account, _ in account }
    }

    private func admit<Value: Sendable>(
        _ registration: Registration, address: String, then body: @escaping @Sendable (Account, Transaction) throws -> Value
    ) async throws -> Value {
        var checks = FieldChecks()
        checks.registration(registration, passwordLength: settings.passwordLength)
        try checks.finish()
        let permit = try await permit(for: registration, address: address)
        do {
            let value = try await insert(registration, with: permit, then: body)
            if permit.isSetup { setupAttempts.succeeded(address) }
            return value
        } catch {
            // A code that was right, or not looked at, is no guess.
            if permit.isSetup, error as? CommunityError != .invalidInvitation { setupAttempts.forgive(address) }
            throw error
        }
    }

    private func insert<Value: Sendable>(
        _ registration: Registration, with permit: RegistrationPermit,
        then body: @escaping @Sendable (Account, Transaction) throws -> Value
    ) async throws -> Value {
        // A hash costs more than anything else here: nobody gets one for an invitation that is no good.
        try await read { try $0.check(permit) }
        let passwordHash = try await hash(registration.passwordDigest.map { .digest($0) } ?? .typed(registration.password))
        return try await namingTaken {
            try await self.write { tx in
                // Again: whoever comes too late hears of the invitation before hearing of the name.
                try tx.check(permit)
                let account = try tx.insertAccount(registration, passwordHash: passwordHash, isAdministrator: permit.isSetup)
                try tx.use(permit, for: account)
                return try body(account, tx)
            }
        }
    }

    /// What lets a registration in.
    private func permit(for registration: Registration, address: String) async throws -> RegistrationPermit {
        if let typed = registration.setupCode { return try setupPermit(typed, address: address) }
        if settings.registrationMode == .open, !registration.alwaysNeedsInvite { return .none }
        let token = registration.inviteToken ?? ""
        let isInvitation = try await read { try $0.isAccountInvite(token) }
        if registration.alwaysNeedsInvite, !isInvitation, SetupCode(typed: token) != nil { return try setupPermit(token, address: address) }
        guard settings.registrationMode != .closed else { throw CommunityError.registrationClosed }
        guard !token.isEmpty else { throw CommunityError.invitationRequired }
        guard isInvitation else { throw CommunityError.invalidInvitation }
        return .invitation(token: token)
    }

    private func setupPermit(_ typed: String, address: String) throws(CommunityError) -> RegistrationPermit {
        let now = clock()
        // Counted before anything is awaited, so that many tries at once are no more than many one after the other.
        if let seconds = setupAttempts.attempt(address, at: now) { throw .tooManySetupAttempts(retryAfter: Int(seconds)) }
        guard let code = SetupCode(typed: typed) else { throw .invalidInvitation }
        return .setup(codeHash: code.hash)
    }

    /// Runs `body` and says which name is taken when one is.
    func namingTaken<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch DatabaseError.uniqueViolation(let constraint) {
            if constraint.contains("username_key") { throw CommunityError.usernameTaken }
            if constraint.contains("email_key") { throw CommunityError.emailTaken }
            throw DatabaseError.uniqueViolation(constraint: constraint)
        }
    }
}

/// What lets a registration in.
enum RegistrationPermit {
    /// The mode is open.
    case none
    /// The setup code, by its hash.
    case setup(codeHash: [UInt8])
    /// An invitation to the server.
    case invitation(token: String)

    var isSetup: Bool {
        if case .setup = self { return true }
        return false
    }
}

extension SQLReader {
    /// Whether there is such an invitation, used or not. Tokens are compared as they are.
    fileprivate func isAccountInvite(_ token: String) throws -> Bool {
        guard token.isStorable, token.utf8.count <= 256 else { return false }
        return try first("SELECT token FROM account_invites WHERE token = $1", [.text(token)]) { _ in true } ?? false
    }

    /// - Throws: `CommunityError.invalidInvitation` when the permit would be refused now.
    fileprivate func check(_ permit: RegistrationPermit) throws {
        let isGood =
            switch permit {
            case .none: true
            case .setup(let codeHash): try setupCodeHash() == codeHash
            case .invitation(let token):
                try first("SELECT token FROM account_invites WHERE token = $1 AND accepted_by IS NULL", [.text(token)]) { _ in true }
                    ?? false
            }
        guard isGood else { throw CommunityError.invalidInvitation }
    }
}

extension Transaction {
    /// Uses the permit up. Of two registrations with the same one, the second is refused, on this node or another.
    ///
    /// - Throws: `CommunityError.invalidInvitation`.
    fileprivate func use(_ permit: RegistrationPermit, for account: Account) throws {
        let used =
            switch permit {
            case .none: 1
            case .setup(let codeHash): try removeSetupCode(codeHash)
            case .invitation(let token):
                try execute(
                    "UPDATE account_invites SET accepted_by = $1, accepted_at = $2 WHERE token = $3 AND accepted_by IS NULL",
                    [.integer(account.id.rawValue), .integer(now.microseconds), .text(token)])
            }
        guard used == 1 else { throw CommunityError.invalidInvitation }
        if permit.isSetup { try installAdministrator(account) }
    }
}
