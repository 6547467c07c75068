/// What names were found to be, for a minute: a server that is asked often is not kept waiting by names that are slow to find. What has no address is
/// not remembered. It belongs to the client's thread; addresses are checked again each time.
struct NameCache {
    /// How long addresses count.
    static let lifetime = Duration.seconds(60)
    /// Names that are remembered.
    static let limit = 1_000

    private var entries: [String: (addresses: [String], until: ContinuousClock.Instant)] = [:]

    func addresses(of name: String, at now: ContinuousClock.Instant) -> [String]? {
        guard let entry = entries[name], entry.until > now else { return nil }
        return entry.addresses
    }

    mutating func forget(_ name: String) {
        entries[name] = nil
    }

    mutating func keep(_ addresses: [String], of name: String, at now: ContinuousClock.Instant) {
        guard !addresses.isEmpty else { return }
        if entries.count >= Self.limit, entries[name] == nil {
            entries = entries.filter { $0.value.until > now }
            // A minute is soon over: what is lost is looked for again.
            if entries.count >= Self.limit { entries = [:] }
        }
        entries[name] = (addresses, now + Self.lifetime)
    }
}
