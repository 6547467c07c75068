internal import Primitives
internal import Security
internal import Storage

/// A person as Discord knows them (contracts/gale.md 4.2).
public struct DiscordIdentity: Sendable, Equatable {
    /// Discord's id: decimal digits.
    public var id: String
    /// The unique name.
    public var name: String
    /// The name that is shown; nil when the person has set none.
    public var displayName: String?
    /// The hash of the picture; nil without one.
    public var avatar: String?

    /// A person as Discord knows them.
    public init(id: String, name: String, displayName: String? = nil, avatar: String? = nil) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.avatar = avatar
    }
}

/// Where somebody is brought who has signed in (contracts/gale.md 4.2). The numbers stand in the database.
public enum SignInTarget: Int64, Sendable {
    /// A port of the person's own machine.
    case local = 0
    /// A link that the program has registered.
    case link = 1
}

extension Community {
    /// Logs in whom Discord vouches for, with a refresh token; the account is made when there is none. What Discord calls the person is kept with the link.
    ///
    /// - Throws: `CommunityError.registrationClosed`, `.invitationRequired` for somebody new, as the operator has set.
    public func logIn(_ identity: DiscordIdentity) async throws -> LoginSession {
        let (mode, terms, uses) = (settings.registrationMode, settings.profileTerms, sessionUses)
        return try await write { tx in
            let account = try tx.admit(identity, mode)
            try tx.execute(
                "UPDATE linked_identities SET name = $1, display_name = $2, avatar = $3 WHERE provider = $4 AND subject = $5",
                [
                    .text(identity.name), .optional(identity.displayName), .optional(identity.avatar), .text(IdentityProvider.discord),
                    .text(identity.id),
                ])
            return try tx.insertSession(of: try tx.account(account), terms, uses: uses)
        }
    }

    /// Remembers that somebody goes elsewhere to sign in, for ten minutes. Of more than 10 000 the oldest is forgotten: strangers who never come back
    /// shall keep out nobody.
    ///
    /// - Returns: what has to come back with them, once.
    public func beginSignIn(to target: SignInTarget) async throws -> String {
        try await beginSignIn(to: target, limit: Limits.signInFlows)
    }

    /// - Parameter limit: how many may be on their way.
    func beginSignIn(to target: SignInTarget, limit: Int64) async throws -> String {
        let token = OpaqueToken()
        try await write { tx in
            let count = try tx.first("SELECT COUNT(*) FROM sign_in_flows", []) { try $0.integer(0) } ?? 0
            if count >= limit {
                try tx.execute(
                    "DELETE FROM sign_in_flows WHERE hash IN (SELECT hash FROM sign_in_flows ORDER BY expires_at LIMIT $1)",
                    [.integer(count - limit + 1)])
            }
            try tx.execute(
                "INSERT INTO sign_in_flows (hash, target, expires_at) VALUES ($1, $2, $3)",
                [
                    .blob(token.hash), .integer(target.rawValue),
                    .integer(tx.now.adding(seconds: Limits.signInFlowSeconds).microseconds),
                ])
        }
        return token.text
    }

    /// Whether somebody is on the way who has this; it can still come back.
    public func isSigningIn(_ state: String) async throws -> Bool {
        let now = clock()
        let hash = OpaqueToken(text: state).hash
        return try await read { reader in
            try reader.first(
                "SELECT target FROM sign_in_flows WHERE hash = $1 AND expires_at > $2", [.blob(hash), .integer(now.microseconds)]
            ) { _ in true } ?? false
        }
    }

    /// Takes back what was given with somebody, once.
    ///
    /// - Returns: where to bring them; nil for what was never given, is used or too old.
    public func endSignIn(_ state: String) async throws -> SignInTarget? {
        let hash = OpaqueToken(text: state).hash
        return try await write { tx in
            let found = try tx.first(
                "DELETE FROM sign_in_flows WHERE hash = $1 RETURNING target, expires_at", [.blob(hash)]
            ) { (target: try $0.integer(0), expiresAt: Timestamp(microseconds: try $0.integer(1))) }
            guard let found, found.expiresAt > tx.now else { return nil }
            return SignInTarget(rawValue: found.target)
        }
    }
}

extension Transaction {
    /// The account of somebody whom Discord vouches for.
    fileprivate func admit(_ identity: DiscordIdentity, _ mode: RegistrationMode) throws -> AccountID {
        let known = try first(
            "SELECT account_id FROM linked_identities WHERE provider = $1 AND subject = $2",
            [.text(IdentityProvider.discord), .text(identity.id)]
        ) { AccountID(try $0.integer(0)) }
        if let known { return known }
        switch mode {
        case .open: break
        case .invite: throw CommunityError.invitationRequired
        case .closed: throw CommunityError.registrationClosed
        }
        return try insertPerson(
            IdentityProvider.discord, identity.id, username: identity.name, displayName: identity.displayName ?? identity.name, issuer: nil)
    }
}
