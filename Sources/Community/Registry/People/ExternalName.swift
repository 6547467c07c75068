public import Primitives

/// Who somebody of another server is: the id there, and the server (contracts/reileta.md 1.4).
public struct ExternalName: Sendable, Hashable {
    /// `u_` and a UUID, as the other server has given it.
    public var id: String
    /// Host and port of the other server.
    public var server: String

    /// - Parameters:
    ///   - id: as the other server has given it.
    ///   - server: its one address.
    public init(id: String, server: String) {
        self.id = id
        self.server = server
    }

    /// From `u_…@<server>`.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(id: String(parts[0]), server: String(parts[1]))
    }

    /// `u_…@<server>`.
    public var text: String { "\(id)@\(server)" }

    /// The host of the server without its port: one machine can be any number of servers.
    var machine: String {
        if server.hasPrefix("["), let end = server.firstIndex(of: "]") { return String(server[...end]) }
        return String(server.prefix { $0 != ":" })
    }
}

/// Somebody of another server who is vouched for here.
public struct IntegritySummary: Sendable, Equatable {
    /// The login.
    public var id: SessionID
    /// Who it is.
    public var name: ExternalName
    /// Since when.
    public var createdAt: Timestamp
    /// Until when.
    public var expiresAt: Timestamp
}

/// Somebody of another server, as that describes them.
public struct ExternalPerson: Sendable, Equatable {
    /// Who it is.
    public var name: ExternalName
    /// What it is called there.
    public var username: String
    /// What is shown of it.
    public var display: String

    /// Somebody of another server.
    public init(name: ExternalName, username: String, display: String) {
        self.name = name
        self.username = username
        self.display = display
    }
}
