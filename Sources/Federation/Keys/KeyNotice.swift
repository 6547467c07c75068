/// Something about the keys of another server that an operator should see.
public enum KeyNotice: Sendable, Equatable {
    /// Its key document could not be fetched, or was no key document.
    case unreachable(String)
    /// Its key document could not be written down.
    case failed(String)
    /// The clock of its server is so many seconds ahead of ours, or behind.
    case clock(String, seconds: Int64)
    /// It shows a key that another server of its kind has shown before, and that stays the other's.
    case claimed(String, origin: String, owner: String)
    /// A trusted key has brought others: their thumbprints.
    case introduced([String], origin: String, by: String)
    /// Keys do not count any more, because their own server says so.
    case revoked([String], origin: String)

    /// Seconds that two clocks may be apart before it is told (contracts/cosmos.md 10).
    static let clockTolerance: Int64 = 30

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .unreachable(let origin): "The keys of \(origin) could not be fetched"
        case .failed(let origin): "The keys of \(origin) could not be stored"
        case .clock(let origin, let seconds):
            "The clock of \(origin) is \(abs(seconds)) seconds \(seconds > 0 ? "ahead of" : "behind") ours"
        case .claimed(let key, let origin, let owner): "\(origin) shows the key \(key), which belongs to \(owner)"
        case .introduced(let keys, let origin, let introducer):
            "The key \(introducer) of \(origin) has introduced \(keys.joined(separator: ", "))"
        case .revoked(let keys, let origin): "\(origin) has revoked its keys \(keys.joined(separator: ", "))"
        }
    }
}
