internal import Storage

extension Channel {
    /// The name as it is searched; nil for a channel that cannot be found.
    var nameKey: String? {
        access == .publicMembership ? name?.folded : nil
    }
}

extension SQLReader {
    /// - Throws: `CommunityError.channelNameTaken` when a channel of the space has that very name.
    func requireFreeName(_ name: String, in space: SpaceID?) throws {
        let taken = try first(
            "SELECT id FROM channels WHERE space_id = $1 AND name = $2", [.optional(space?.rawValue), .text(name)]
        ) { _ in true }
        guard taken == nil else { throw CommunityError.channelNameTaken }
    }

    /// The channels that anybody may join whose name contains a text, ignoring case: the very name first, then names that begin with it, then the
    /// others, each by name. Looks through an index of at most `Limits.homeChannels` names.
    func findableChannels(containing keyword: String, limit: Int) throws -> [Channel] {
        let pattern = keyword.folded.escapedForLike
        return try query(
            """
            SELECT c.id, c.space_id, c.owner_id, c.name, c.kind, c.access, c.topic, c.position, c.last_message_id, c.last_text_message_id,
                c.own_audience, c.created_at
            FROM channels c WHERE c.access = 1 AND c.name_key LIKE $1 ESCAPE '!'
            ORDER BY CASE WHEN c.name_key = $2 THEN 0 WHEN c.name_key LIKE $3 ESCAPE '!' THEN 1 ELSE 2 END, c.name_key, c.id LIMIT $4
            """, [.text("%\(pattern)%"), .text(keyword.folded), .text("\(pattern)%"), .integer(Int64(limit))]
        ) { try Channel($0) }
    }
}

extension Transaction {
    /// Writes the keys of channels that have been there before there were keys: no engine folds all letters as Swift does.
    func completeNameKeys() throws {
        let names = try query("SELECT id, name FROM channels WHERE access = 1 AND name_key IS NULL AND name IS NOT NULL", []) { row in
            (try row.integer(0), try row.text(1))
        }
        for (id, name) in names {
            try execute("UPDATE channels SET name_key = $1 WHERE id = $2", [.text(name.folded), .integer(id)])
        }
    }
}

extension String {
    /// The text for a LIKE with `!` as its escape, where it means nothing but itself.
    fileprivate var escapedForLike: String {
        var escaped = ""
        for character in unicodeScalars {
            if character == "%" || character == "_" || character == "!" { escaped += "!" }
            escaped.unicodeScalars.append(character)
        }
        return escaped
    }
}
