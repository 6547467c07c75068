internal import Federation
internal import Primitives

/// What `roost trust list` shows: one line for each key, that of its server first.
enum KeyTable {
    static func text(of keys: [TrustedKey]) -> String {
        keys.map { "\(server($0.source))  \($0.thumbprint)  \(state($0.state))\(since($0.since))\n" }.joined()
    }

    private static func server(_ source: KeySource?) -> String {
        source.map { "\($0.role.rawValue)  \($0.origin)" } ?? "any  -"
    }

    private static func since(_ time: Timestamp?) -> String {
        time.map { " since \($0.rfc3339)" } ?? ""
    }

    private static func state(_ state: TrustedKey.State) -> String {
        switch state {
        case .published: "published"
        case .pinned: "pinned"
        case .introduced(let introducer): "introduced by \(introducer)"
        case .notTrusted: "not trusted: others are pinned"
        case .example: "not trusted: the example key of RFC 9421"
        case .revoked: "revoked"
        }
    }
}
