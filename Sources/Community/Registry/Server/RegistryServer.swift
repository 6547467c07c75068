public import Primitives

/// What the registry says of this server (contracts/reileta.md 4.1), as far as it is kept: made with the database, changed by administrators.
public struct RegistryServer: Sendable, Equatable {
    /// 32 random bytes that nobody else knows: they make the ids of all objects. Never shown, never logged.
    public var key: [UInt8]
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp
    /// Instead of what the operator has configured; at most 64 characters.
    public var title: String?
    /// What the server says of itself; at most 256 characters.
    public var description: String?
    /// The address of a picture, instead of the server's own.
    public var iconURL: String?
    /// Instead of what the operator has configured.
    public var isSecure: Bool?
    /// Host and port, instead of what the operator has configured.
    public var address: String?
}

/// What shall be different about the server.
public struct RegistryServerChanges: Sendable {
    /// 1 to 64 characters.
    public var title: String?
    /// At most 256 characters; an empty one counts as none.
    public var description: Change<String> = .keep
    /// The address of a picture; an empty one counts as none.
    public var iconURL: Change<String> = .keep
    /// Whether it is reached by TLS.
    public var isSecure: Bool?
    /// Host and port.
    public var address: String?

    /// Nothing said yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.title(title)
        checks.text(description.newValue, in: Limits.registryDescription, "description")
        checks.webAddress(iconURL.emptyAsNone.newValue, "icon")
        checks.line(address, in: Limits.serverAddress, "address")
        try checks.finish()
    }
}
