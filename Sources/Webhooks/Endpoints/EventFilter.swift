/// Which events an endpoint is told of (contracts/cosmos.md 8.1).
public enum EventFilter {
    /// All types that are sent.
    public static let types = [
        "webhook.ping", "webhook.disabled", "galaxy.updated", "galaxy.deleted", "channel.created", "channel.updated", "channel.deleted",
        "message.created", "message.updated", "message.deleted", "member.joined", "member.updated", "member.left",
    ]
    /// Entries of a filter.
    public static let limit = 32

    /// Whether an entry names a type, a group of types, or all.
    public static func isKnown(_ entry: String) -> Bool {
        entry == "*" || types.contains { matches([entry], $0) }
    }

    /// Whether a type is one of those that a filter names.
    public static func matches(_ entries: [String], _ type: String) -> Bool {
        entries.contains { entry in
            if entry == "*" || entry == type { return true }
            return entry.hasSuffix(".*") && type.hasPrefix(entry.dropLast(1))
        }
    }
}
