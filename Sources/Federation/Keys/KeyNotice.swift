/// Something about the keys of another server that an operator should see.
public enum KeyNotice: Sendable, Equatable {
    /// Its key document could not be fetched, or was no key document.
    case unreachable(String)
    /// Its key document could not be written down.
    case failed(String)
    /// A trusted key has brought others: their thumbprints.
    case introduced([String], origin: String, by: String)
    /// Keys do not count any more, because their own server says so.
    case revoked([String], origin: String)

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .unreachable(let origin): "The keys of \(origin) could not be fetched"
        case .failed(let origin): "The keys of \(origin) could not be stored"
        case .introduced(let keys, let origin, let introducer):
            "The key \(introducer) of \(origin) has introduced \(keys.joined(separator: ", "))"
        case .revoked(let keys, let origin): "\(origin) has revoked its keys \(keys.joined(separator: ", "))"
        }
    }
}
