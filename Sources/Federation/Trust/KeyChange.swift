/// What has changed about whose keys are believed, for the audit log (contracts/cosmos.md 10).
public enum KeyChange: Sendable, Equatable {
    /// An operator has pinned a key of this server.
    case pinned(String, origin: String)
    /// A trusted key of this server has brought another one.
    case introduced(String, origin: String, by: String)
    /// A key never counts again: for this server, by its own word, or (nil) for all.
    case revoked(String, origin: String?)

    /// What happened, in a few words.
    public var description: String {
        switch self {
        case .pinned(let key, let origin): "pinned \(key) of \(origin)"
        case .introduced(let key, let origin, let introducer): "introduced \(key) of \(origin) by \(introducer)"
        case .revoked(let key, let origin): "revoked \(key)\(origin.map { " of \($0)" } ?? "")"
        }
    }
}
