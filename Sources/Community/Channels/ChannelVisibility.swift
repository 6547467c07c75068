internal import Storage

/// Who sees the channels whose audience is not the whole space, and what a change of roles or owner does to it.
extension Transaction {
    /// Runs a change and tells the accounts which channels it has shown to them or hidden from them: `channelShown`, `channelHidden`.
    func followingVisibility<Value>(of accounts: [AccountID], in space: SpaceID, _ change: () throws -> Value) throws -> Value {
        let channels = try channelsWithOwnAudience(of: space)
        guard !channels.isEmpty else { return try change() }
        let before = try accounts.map { try visible(channels, to: $0) }
        let value = try change()
        for (account, before) in zip(accounts, before) {
            let after = try visible(channels, to: account)
            for channel in after where !before.contains(where: { $0.id == channel.id }) { append(.channelShown(channel, to: account)) }
            for channel in before where !after.contains(where: { $0.id == channel.id }) {
                append(.channelHidden(channel, from: account, .rules))
            }
        }
        return value
    }

    private func visible(_ channels: [ChannelID], to account: AccountID) throws -> [Channel] {
        try channels.compactMap { id in
            let standing = try standing(of: account, in: id, at: now)
            return standing.permissions.contains(.viewChannel) ? standing.channel : nil
        }
    }

    /// Those who see a channel that not the whole space sees, in the order of their ids.
    ///
    /// - Parameter population: who is in its space, when that has been read before.
    func viewers(of channel: Channel, among population: SpacePopulation? = nil) throws -> [AccountID] {
        switch channel.access {
        case .open:
            guard let space = channel.spaceID, let record = try records(of: space, only: channel.id, for: AccountID(0)).first else {
                return []
            }
            return try (population ?? self.population(of: space)).viewers(of: record.listed, with: record.rules)
        case .publicMembership, .privateMembership, .direct:
            return try query(
                "SELECT account_id FROM channel_members WHERE channel_id = $1 AND (permissions & $2) <> 0 ORDER BY account_id",
                [.integer(channel.id.rawValue), .integer(Permissions.viewChannel.rawValue)]
            ) { AccountID(try $0.integer(0)) }
        }
    }
}
