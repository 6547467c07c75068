internal import Community
internal import Primitives

/// The logins of an account, as an operator reads them.
enum SessionTable {
    private static let heading = ["ID", "KIND", "CREATED", "LAST USED", "EXPIRES"]

    /// One line for each login, in columns.
    static func text(of sessions: [SessionSummary]) -> String {
        guard !sessions.isEmpty else { return "No sessions.\n" }
        let rows = [heading] + sessions.map(row)
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            // Nothing behind the last column.
            return cells.dropLast().joined(separator: "  ") + "  " + (row.last ?? "") + "\n"
        }.joined()
    }

    private static func row(_ session: SessionSummary) -> [String] {
        let kind =
            switch session.kind {
            case .refresh: "refresh"
            case .cookie: "cookie"
            case .cosmos: "Cosmos"
            case .profiles: "profiles"
            case .registry: "registry"
            case .integrity: "integrity"
            }
        return [
            String(session.id.rawValue), kind, session.createdAt.rfc3339, session.lastUsedAt.rfc3339, session.expiresAt.rfc3339,
        ]
    }
}
