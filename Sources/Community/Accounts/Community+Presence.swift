internal import Storage

/// What telling others of somebody's presence needs: who it is, and who they are.
public struct PresenceAudience: Sendable, Equatable {
    /// The account's username.
    public var username: String
    /// What the person has chosen to show.
    public var status: PresenceStatus
    /// The spaces and direct channels that the account shares with others, by id.
    public var sources: [EventSource]
    /// How many members these have together: as many people may have to be told.
    public var reach: Int

    /// An audience with all its parts.
    public init(username: String, status: PresenceStatus, sources: [EventSource], reach: Int) {
        self.username = username
        self.status = status
        self.sources = sources
        self.reach = reach
    }
}

extension Community {
    /// Whom the presence of each of the accounts concerns, in one state of the database. Accounts that do not exist are left out.
    public func presenceAudiences(of accounts: [AccountID]) async throws -> [AccountID: PresenceAudience] {
        try await scan { reader in
            var audiences: [AccountID: PresenceAudience] = [:]
            for start in stride(from: 0, to: accounts.count, by: PresenceAudience.groupSize) {
                try reader.addAudiences(of: accounts[start..<min(start + PresenceAudience.groupSize, accounts.count)], to: &audiences)
            }
            return audiences
        }
    }

    /// Remembers what a person wants to show. The event `accountUpdated` is committed with it; nothing is written when it is so already.
    ///
    /// - Throws: `CommunityError.unknownAccount`, `.busy`.
    public func choosePresence(_ status: PresenceStatus, for id: AccountID) async throws {
        guard try await read({ try $0.account(id) }).status != status else { return }
        var changes = ProfileChanges()
        changes.status = status
        _ = try await updateProfile(of: id, changes)
    }
}

extension PresenceAudience {
    /// Accounts that one statement is asked about.
    fileprivate static let groupSize = 8
}

extension SQLReader {
    /// At most eight accounts.
    fileprivate func addAudiences(of accounts: ArraySlice<AccountID>, to audiences: inout [AccountID: PresenceAudience]) throws {
        // No account has the id 0.
        let ids = (0..<PresenceAudience.groupSize).map { index in
            SQLValue.integer(index < accounts.count ? accounts[accounts.startIndex + index].rawValue : 0)
        }
        try run("SELECT id, username, status FROM accounts WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)", ids) { row in
            audiences[AccountID(try row.integer(0))] = PresenceAudience(
                username: try row.text(1), status: PresenceStatus(rawValue: try row.integer(2)) ?? .online, sources: [], reach: 0)
        }
        try run(
            """
            SELECT m.account_id, s.id, s.member_count FROM members m JOIN spaces s ON s.id = m.space_id
            WHERE m.account_id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY s.id
            """, ids
        ) { row in
            let account = AccountID(try row.integer(0))
            audiences[account]?.sources.append(EventSource(scope: .space, id: try row.integer(1)))
            audiences[account]?.reach += Int(try row.integer(2))
        }
        try run(
            """
            SELECT cm.account_id, c.id FROM channel_members cm JOIN channels c ON c.id = cm.channel_id
            WHERE cm.account_id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND c.access = 3 ORDER BY c.id
            """, ids
        ) { row in
            let account = AccountID(try row.integer(0))
            audiences[account]?.sources.append(EventSource(scope: .direct, id: try row.integer(1)))
            audiences[account]?.reach += 2
        }
    }
}
