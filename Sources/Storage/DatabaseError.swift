/// Why the database did not do what it was asked.
public enum DatabaseError: Error, Sendable, Equatable {
    /// A newer version of Roost has written this database: `found` is its schema version, `known` the latest of this program.
    case newerSchema(component: String, found: Int, known: Int)
    /// A migration that has been applied is not the one this program knows.
    case checksumMismatch(component: String, version: Int)
    /// The database cannot be reached or used.
    case unavailable(reason: String)
    /// Another process works on this data folder.
    case inUse(path: String)
    /// The database has been closed.
    case closed
    /// So many transactions, or reads, are waiting already.
    case queueFull(limit: Int)
    /// A row with this key is there already; `constraint` is the engine's name for the rule, which contains the name of a unique column.
    case uniqueViolation(constraint: String)
    /// Another rule of the schema was broken.
    case constraintViolation(reason: String)
    /// A text with U+0000: PostgreSQL cannot keep it, and what one engine refuses, both refuse.
    case unstorableText
    /// A column holds something else than the program expects.
    case unexpectedColumn(column: Int, expected: String)
    /// The engine refused a statement.
    case statement(code: String, reason: String)
}

extension DatabaseError: CustomStringConvertible {
    /// A sentence for the log and for the operator.
    public var description: String {
        switch self {
        case .newerSchema(let component, let found, let known):
            "The database was written by a newer Roost (\(component) schema \(found), this one knows \(known)). "
                + "Start that newer version, or restore a backup made before the update."
        case .checksumMismatch(let component, let version):
            "Migration \(version) of \(component) is not the one that was applied to this database; the program or the database has been changed."
        case .unavailable(let reason): "The database is not available: \(reason)"
        case .inUse(let path): "Another Roost is using the data folder \(path)."
        case .closed: "The database has been closed."
        case .queueFull(let limit): "\(limit) transactions or reads are waiting already."
        case .uniqueViolation(let constraint): "A row with this key exists already (\(constraint))."
        case .constraintViolation(let reason): "A rule of the schema was broken: \(reason)"
        case .unstorableText: "A text contains the character U+0000, which the database cannot keep."
        case .unexpectedColumn(let column, let expected): "Column \(column) is not \(expected)."
        case .statement(let code, let reason): "The database refused a statement (\(code)): \(reason)"
        }
    }
}
