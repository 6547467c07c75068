internal import Primitives
internal import Storage

/// An administrative act, by the name it has in the audit log (DESIGN section 10).
enum AuditAction: String {
    /// The account was made an administrator of the server.
    case administratorMade = "administrator_made"
    /// The operator gave the account another password.
    case passwordReset = "password_reset"
}

extension Transaction {
    /// Notes an administrative act, together with the act itself.
    func audit(_ action: AuditAction, by account: AccountID, in space: SpaceID? = nil, subject: Int64, details: String? = nil) throws {
        try execute(
            """
            INSERT INTO audit_log (id, account_id, space_id, action, subject_id, details, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .integer(nextID()), .integer(account.rawValue), .optional(space?.rawValue), .text(action.rawValue), .integer(subject),
                .optional(details), .integer(now.microseconds),
            ])
    }
}
