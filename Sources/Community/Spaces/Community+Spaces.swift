internal import Storage

extension Community {
    /// The spaces an account is a member of, by the time of joining.
    public func spaces(of account: AccountID) async throws -> [Space] {
        try await read { try $0.spaces(of: account) }
    }

    /// Makes a space with a channel `general`; its maker owns it. The event `memberAdded` about the maker is committed with it.
    ///
    /// - Parameters:
    ///   - name: 1 to 100 characters, trimmed.
    ///   - description: at most 1024 characters.
    ///   - iconURL: 1 to 2048 characters.
    /// - Throws: `CommunityError.invalid`, `.limitReached` (100 spaces per account), `.unknownAccount`.
    public func createSpace(by account: AccountID, name: String, description: String?, iconURL: String?) async throws -> SpaceDetail {
        let draft = try SpaceDraft(name: name, description: description, iconURL: iconURL)
        let general = try ChannelDraft(name: "general")
        return try await write { tx in
            _ = try tx.account(account)
            try tx.requireRoomForSpace(of: account)
            let space = try tx.insertSpace(draft, owner: account)
            try tx.insertChannel(general, in: space, access: .open)
            return try tx.addMember(account, to: space)
        }
    }

    /// A space with what a member sees in it.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingAccess` for those who are no members.
    public func spaceDetail(_ id: SpaceID, for account: AccountID) async throws -> SpaceDetail {
        let now = clock()
        return try await scan { reader in
            let standing = try reader.standing(of: account, in: id, at: now)
            try standing.requireMember()
            return try reader.detail(of: standing, at: now)
        }
    }
}
