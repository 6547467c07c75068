/// Who does something in a galaxy.
public enum Actor: Sendable, Equatable {
    /// A person.
    case account(AccountID)
    /// A metadata server, by its origin: what it does needs no membership and no permission.
    case metadataServer(origin: String)

    /// For the audit log, where no account is 0.
    var accountID: AccountID {
        if case .account(let account) = self { return account }
        return AccountID(0)
    }

    /// For the audit log: which server.
    var origin: String? {
        if case .metadataServer(let origin) = self { return origin }
        return nil
    }
}

/// Who looks at a galaxy.
public enum GalaxyViewer: Sendable, Equatable {
    /// Anybody, or somebody who is nothing here.
    case stranger
    /// A person.
    case account(AccountID)
    /// A metadata server, by its origin: it sees all in the galaxies that it has made, and is a stranger elsewhere.
    case metadataServer(origin: String)
    /// The server itself, which tells metadata servers of their galaxies: it sees all.
    case system
}
