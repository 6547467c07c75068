internal import Primitives
public import Storage

/// An administrative act, by the name it has in the audit log (DESIGN section 10).
enum AuditAction: String {
    /// The account was made an administrator of the server.
    case administratorMade = "administrator_made"
    /// The account administers the server no longer.
    case administratorRemoved = "administrator_removed"
    /// What the registry says of this server is another.
    case serverChanged = "server_changed"
    /// The operator gave the account another password.
    case passwordReset = "password_reset"
    /// The operator has ended a login of the account, the subject, or all of them.
    case sessionEnded = "session_ended"
    /// Somebody has changed the own password.
    case passwordChanged = "password_changed"
    /// The space has another name, description or picture.
    case spaceUpdated = "space_updated"
    /// The space has another owner: the subject.
    case ownerChanged = "owner_changed"
    /// The space is gone.
    case spaceDeleted = "space_deleted"
    /// The member has another role; the details name it.
    case roleChanged = "role_changed"
    /// Somebody else has changed the member's nickname.
    case nicknameChanged = "nickname_changed"
    /// The account was made a member by somebody else.
    case memberAdded = "member_added"
    /// The member was removed by somebody else.
    case memberKicked = "member_kicked"
    /// The member was removed from a channel of the home space by somebody else; the details name the channel.
    case channelMemberRemoved = "channel_member_removed"
    /// The channel has another name, topic or position.
    case channelUpdated = "channel_updated"
    /// The channel is gone.
    case channelDeleted = "channel_deleted"
    /// The message was removed by somebody else than its author.
    case messageDeleted = "message_deleted"
    /// Somebody may have galaxies here; the details name the id where there is no account.
    case operatorAdded = "operator_added"
    /// Somebody may not any more.
    case operatorRemoved = "operator_removed"
    /// What was known of a person of another server is removed.
    case accountForgotten = "account_forgotten"
    /// A metadata server has made the space; the details name it.
    case galaxyCreated = "galaxy_created"
    /// A metadata server has changed the space; the details name it.
    case galaxyChanged = "galaxy_changed"
    /// A metadata server has deleted the space; the details name it.
    case galaxyDeleted = "galaxy_deleted"
    /// The channel shows itself to others, or lets them do other things.
    case permissionsChanged = "permissions_changed"
    /// A webhook was made, changed or removed: the subject.
    case webhookChanged = "webhook_changed"
    /// Something has changed about whose keys are believed; the details say what.
    case keyTrustChanged = "key_trust_changed"
    /// Nothing is sent to the webhook any more, the subject; the details say why.
    case webhookDisabled = "webhook_disabled"
}

extension Community {
    /// Forgets acts that are older than a year, and the oldest of more than a million; at most `batch` of them, so that nobody waits long.
    ///
    /// - Returns: whether there may be more.
    public func trimAuditLog(keepAtMost count: Int = Limits.auditEntries, batch: Int = 1_000) async throws -> Bool {
        let now = clock()
        // Found beside the writer: it walks over all that stay.
        let end = try await scan { reader in
            // Ids rise with time, so both limits are places in the order of ids.
            let byAge = IDGenerator.smallestID(at: now.adding(seconds: -Limits.auditSeconds)) - 1
            let bySize = try reader.first("SELECT id FROM audit_log ORDER BY id DESC LIMIT 1 OFFSET $1", [.integer(Int64(count))]) {
                try $0.integer(0)
            }
            return max(byAge, bySize ?? 0)
        }
        return try await write { tx in
            let removed = try tx.execute(
                "DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE id <= $1 ORDER BY id LIMIT $2)",
                [.integer(end), .integer(Int64(batch))])
            return removed == batch
        }
    }
}

extension Community {
    /// Notes a change of trust that another part of the house makes, in its transaction.
    ///
    /// - Parameter details: what has changed, in a few words.
    public static func auditKeyTrust(_ details: String, in transaction: Transaction) throws {
        try transaction.audit(.keyTrustChanged, by: AccountID(0), subject: 0, details: details)
    }

    /// Notes a change of trust that no table shows, such as another key of this server.
    public func auditKeyTrust(_ details: String) async throws {
        try await write { try Self.auditKeyTrust(details, in: $0) }
    }
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
