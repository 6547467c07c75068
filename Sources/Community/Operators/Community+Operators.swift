internal import Primitives
internal import Security
internal import Storage

/// Those who may have galaxies here (contracts/cosmos.md 4), by the ids that Cosmos knows them by: they need not have been here yet.
///
/// They are named by the configuration, by the command line, or by a claim code; administrators of the server are operators as well.
extension Community {
    /// Whether somebody is an operator.
    public func isOperator(_ userID: String) async throws -> Bool {
        let configured = settings.operators
        return try await read { try $0.isOperator(userID, configured: configured) }
    }

    /// All that were named by the command line or a claim code, and those of the configuration, in the order of their ids.
    public func operators() async throws -> [String] {
        let stored = try await read { try $0.query("SELECT user_id FROM operators", []) { try $0.text(0) } }
        return Set(stored).union(settings.operators).sorted()
    }

    /// Makes somebody an operator.
    ///
    /// - Throws: `CommunityError.invalid` for what can be no id.
    public func addOperator(_ userID: String) async throws {
        guard OpaqueIdentifier.isValid(userID) else {
            throw CommunityError.invalid([
                InvalidField(name: "user", code: "STRING_TYPE_REGEX", message: "An id has 1 to 64 of A-Z a-z 0-9 - _.")
            ])
        }
        try await write { tx in
            try tx.makeOperator(userID)
            try tx.audit(.operatorAdded, by: AccountID(0), subject: 0, details: userID)
        }
    }

    /// Takes that away again. Galaxies stay with their owners.
    ///
    /// - Returns: whether somebody was one, and not by the configuration.
    public func removeOperator(_ userID: String) async throws -> Bool {
        try await write { tx in
            guard userID.isStorable, try tx.execute("DELETE FROM operators WHERE user_id = $1", [.text(userID)]) == 1 else { return false }
            try tx.audit(.operatorRemoved, by: AccountID(0), subject: 0, details: userID)
            return true
        }
    }

    /// Makes a claim code: good for one person and an hour. Only its hash is stored.
    public func newClaimCode() async throws -> String {
        let code = SetupCode()
        _ = try await write { tx in
            try tx.execute(
                "INSERT INTO claim_codes (hash, failures, created_at, expires_at) VALUES ($1, 0, $2, $3)",
                [
                    .blob(code.hash), .integer(tx.now.microseconds),
                    .integer(tx.now.adding(seconds: Limits.claimCodeSeconds).microseconds),
                ])
        }
        return code.grouped(prefix: "COSMOS")
    }

    /// Takes all claim codes back. The setup code stays as long as there is no administrator.
    public func cancelClaimCodes() async throws {
        try await write { _ = try $0.execute("DELETE FROM claim_codes") }
    }

    /// Makes somebody an operator who has a claim code. With the setup code the account becomes the administrator as well.
    ///
    /// Five wrong codes from one address and the address has to wait for 15 minutes; five from anywhere and all claim codes are void. Whoever is an
    /// operator already needs no code.
    /// - Throws: `CommunityError.invalidClaimCode`, `.tooManySetupAttempts`.
    public func claimOperator(code typed: String, for account: AccountID, address: String) async throws {
        let userID = try await cosmosUserID(of: account)
        guard try await !isOperator(userID) else { return }
        let claim = try claim(typed, address: address)
        let isGood = try await write { tx in
            guard try tx.use(claim, administrator: account) else { return false }
            try tx.makeOperator(userID)
            try tx.audit(.operatorAdded, by: account, subject: account.rawValue)
            return true
        }
        try await settle(claim, isGood: isGood)
    }

    /// The same for somebody whom an identity server vouches for: with a good code it gets an account as well, with a wrong one nothing.
    ///
    /// - Throws: `CommunityError.invalidClaimCode`, `.tooManySetupAttempts`, `.identityTaken`, `.identityRevoked`.
    public func claimOperator(code typed: String, for identity: CosmosIdentity, address: String) async throws {
        if let known = try await account(of: identity) { return try await claimOperator(code: typed, for: known.id, address: address) }
        guard try await !isOperator(identity.subject) else { return }
        let claim = try claim(typed, address: address)
        var isGood = true
        do {
            try await write { tx in
                let account = try tx.admit(identity)
                guard try tx.use(claim, administrator: account) else { throw CommunityError.invalidClaimCode }
                try tx.makeOperator(identity.subject)
                try tx.audit(.operatorAdded, by: account, subject: account.rawValue)
            }
        } catch CommunityError.invalidClaimCode {
            isGood = false
        }
        try await settle(claim, isGood: isGood)
    }

    /// Counts a try before anything is awaited, so that many at once are no more than many one after the other.
    func claim(_ typed: String, address: String) throws(CommunityError) -> OperatorClaim {
        if let seconds = setupAttempts.attempt(address, at: clock()) { throw .tooManySetupAttempts(retryAfter: Int(seconds)) }
        return OperatorClaim(hash: SetupCode(typed: typed)?.hash, address: address)
    }

    /// What follows from a try.
    ///
    /// - Throws: `CommunityError.invalidClaimCode` when it was no good.
    func settle(_ claim: OperatorClaim, isGood: Bool) async throws {
        guard !isGood else { return setupAttempts.succeeded(claim.address) }
        // In a transaction of its own: the one that was refused has left nothing.
        try await write { tx in
            try tx.execute("UPDATE claim_codes SET failures = failures + 1")
            try tx.execute("DELETE FROM claim_codes WHERE failures >= $1", [.integer(Int64(Limits.setupAttempts))])
        }
        throw CommunityError.invalidClaimCode
    }
}

/// A claim code that somebody has typed.
struct OperatorClaim {
    /// Nil for what can be no code.
    var hash: [UInt8]?
    var address: String
}

extension SQLReader {
    func isOperator(_ userID: String, configured: Set<String>) throws -> Bool {
        if configured.contains(userID) { return true }
        guard userID.isStorable else { return false }
        if try first("SELECT 1 FROM operators WHERE user_id = $1", [.text(userID)], { try $0.integer(0) }) != nil { return true }
        guard let account = try account(userID: userID) else { return false }
        return try self.account(account).isAdministrator
    }
}

extension Transaction {
    func makeOperator(_ userID: String) throws {
        try execute(
            "INSERT INTO operators (user_id, created_at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING",
            [.text(userID), .integer(now.microseconds)])
    }

    /// Uses a code up: a claim code, or the setup code, which makes the account an administrator, too.
    ///
    /// - Returns: whether there was such a code.
    func use(_ claim: OperatorClaim, administrator: @autoclosure () throws -> AccountID) throws -> Bool {
        guard let hash = claim.hash else { return false }
        let used = try execute(
            "DELETE FROM claim_codes WHERE hash = $1 AND expires_at > $2", [.blob(hash), .integer(now.microseconds)])
        if used == 1 { return true }
        guard try removeSetupCode(hash) == 1 else { return false }
        let administrator = try administrator()
        try execute("UPDATE accounts SET is_administrator = 1 WHERE id = $1", [.integer(administrator.rawValue)])
        try installAdministrator(try account(administrator))
        return true
    }
}
