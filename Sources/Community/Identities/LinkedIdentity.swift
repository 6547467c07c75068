internal import Primitives
internal import Storage

/// The names of those who vouch for people. They stand in the database.
enum IdentityProvider {
    /// The identity servers of Cosmos.
    static let cosmos = "cosmos"
    /// Discord.
    static let discord = "discord"
    /// Other Reileta servers.
    static let registry = "reileta"
}

/// A person of another server, as an identity server vouches for it (contracts/cosmos.md 3.4).
public struct CosmosIdentity: Sendable, Equatable {
    /// Who vouches.
    public var issuer: String
    /// The person's id there: `sub`.
    public var subject: String
    /// What the person is called, for display.
    public var name: String?
    /// When the token was made, in seconds since the epoch.
    public var issuedAt: Int64

    /// A person of another server.
    public init(issuer: String, subject: String, name: String? = nil, issuedAt: Int64) {
        self.issuer = issuer
        self.subject = subject
        self.name = name
        self.issuedAt = issuedAt
    }
}

/// A linked identity as it stands in the database.
struct LinkedIdentity {
    var account: AccountID
    /// Nil until somebody vouches: a metadata server may name people before they come.
    var issuer: String?
}

extension SQLReader {
    func identity(_ subject: String) throws -> LinkedIdentity? {
        guard subject.isStorable else { return nil }
        return try first(
            "SELECT account_id, issuer FROM linked_identities WHERE provider = $1 AND subject = $2",
            [.text(IdentityProvider.cosmos), .text(subject)]
        ) { LinkedIdentity(account: AccountID(try $0.integer(0)), issuer: try $0.optionalText(1)) }
    }

    /// How Cosmos knows an account: by its `sub`, or by its number.
    func userID(of account: AccountID) throws -> String {
        try first(
            "SELECT subject FROM linked_identities WHERE account_id = $1 AND provider = $2",
            [.integer(account.rawValue), .text(IdentityProvider.cosmos)]
        ) { try $0.text(0) } ?? String(account.rawValue)
    }

    /// The account that Cosmos knows by an id; nil when there is none.
    func account(userID: String) throws -> AccountID? {
        if let known = try identity(userID) { return known.account }
        guard let number = Int64(userID), number > 0, String(number) == userID else { return nil }
        return try first("SELECT id FROM accounts WHERE id = $1", [.integer(number)]) { AccountID(try $0.integer(0)) }
            .flatMap { try self.userID(of: $0) == userID ? $0 : nil }
    }
}

extension Transaction {
    /// The account that Cosmos knows by an id, as a metadata server says it; one is made for a `sub` that was never heard of.
    ///
    /// - Throws: `CommunityError.unknownAccount` for what can be no id.
    func admit(userID: String) throws -> AccountID {
        if let known = try account(userID: userID) { return known }
        guard OpaqueIdentifier.isValid(userID) else { throw CommunityError.unknownAccount }
        return try insertPerson(userID, name: nil, issuer: nil)
    }

    /// Makes an account of a person of another server.
    func insertPerson(_ userID: String, name: String?, issuer: String?) throws -> AccountID {
        try insertPerson(IdentityProvider.cosmos, userID, username: name ?? userID, displayName: name, issuer: issuer)
    }

    /// Makes an account of a person for whom somebody else vouches.
    ///
    /// - Parameters:
    ///   - provider: who vouches: one of `IdentityProvider`.
    ///   - subject: the person's id there.
    ///   - username: what the username is made of.
    func insertPerson(_ provider: String, _ subject: String, username: String, displayName: String?, issuer: String?) throws -> AccountID {
        let registration = Registration(
            username: try freeUsername(from: username), password: "", displayName: displayName.flatMap(ImportedName.displayName))
        let account = try insertAccount(registration, passwordHash: nil, isAdministrator: false)
        try execute(
            "INSERT INTO linked_identities (provider, subject, issuer, account_id, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(provider), .text(subject), .optional(issuer), .integer(account.id.rawValue), .integer(now.microseconds),
            ])
        return account.id
    }

    /// A username that nobody has, as near to a name as usernames may be.
    func freeUsername(from name: String) throws -> String {
        let base = ImportedName.username(from: name)
        for number in 1...9 {
            let candidate = number == 1 ? base : "\(base)-\(number)"
            let taken = try first("SELECT id FROM accounts WHERE username_key = $1", [.text(candidate.folded)]) { _ in true }
            if taken == nil { return candidate }
        }
        // Where so many have one name, a number that nobody else gets ends the search.
        return ImportedName.username(from: name, number: nextID())
    }
}
