internal import JSON
internal import Primitives
internal import Storage

extension ProfileOwner {
    /// From the six columns account id, username, display_name, and of the link to Discord subject, name, display name and avatar.
    init(_ row: Row, at first: Int) throws(DatabaseError) {
        let (id, username) = (AccountID(try row.integer(first)), try row.text(first + 1))
        if let subject = try row.optionalText(first + 3) {
            let name = try row.optionalText(first + 4) ?? username
            self.init(
                id: id, discordID: subject, name: name, displayName: try row.optionalText(first + 5) ?? name,
                avatar: try row.optionalText(first + 6))
        } else {
            self.init(id: id, discordID: String(id.rawValue), name: username, displayName: try row.optionalText(first + 2) ?? username)
        }
    }
}

extension ProfileCode {
    fileprivate init(_ row: Row, at column: Int) throws {
        guard let code = ProfileCode(try row.text(column)) else { throw DatabaseError.unexpectedColumn(column: column, expected: "a code") }
        self = code
    }
}

extension ProfileSummary {
    /// From the columns id, code, name, community, created_at and updated_at.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: ProfileID(try row.integer(0)), code: try ProfileCode(row, at: 1), name: try row.text(2),
            community: try row.optionalText(3), createdAt: Timestamp(microseconds: try row.integer(4)),
            updatedAt: Timestamp(microseconds: try row.integer(5)))
    }
}

extension Profile {
    /// From the columns of `profiles` and those of its owner.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: ProfileID(try row.integer(0)), code: try ProfileCode(row, at: 1), owner: try ProfileOwner(row, at: 11),
            manifest: ProfileManifest(
                name: try row.text(2), community: try row.optionalText(3), mods: try ProfileManifest.mods(in: try row.text(4))),
            archive: StoredBlob(id: try row.integer(5), digest: try row.blob(6), size: try row.integer(7)),
            downloads: try row.integer(8), createdAt: Timestamp(microseconds: try row.integer(9)),
            updatedAt: Timestamp(microseconds: try row.integer(10)))
    }
}

extension SQLReader {
    /// Somebody as the users of profiles see them.
    ///
    /// - Throws: `CommunityError.unknownAccount`.
    func profileOwner(_ account: AccountID) throws -> ProfileOwner {
        let owner = try first(
            """
            SELECT a.id, a.username, a.display_name, l.subject, l.name, l.display_name, l.avatar
            FROM accounts a LEFT JOIN linked_identities l ON l.account_id = a.id AND l.provider = $2 WHERE a.id = $1
            """, [.integer(account.rawValue), .text(IdentityProvider.discord)]
        ) { try ProfileOwner($0, at: 0) }
        guard let owner else { throw CommunityError.unknownAccount }
        return owner
    }

    /// - Throws: `CommunityError.unknownProfile`.
    func profile(_ code: ProfileCode) throws -> Profile {
        guard let profile = try profile(try profileSummary(code).id) else { throw CommunityError.unknownProfile }
        return profile
    }

    /// A profile by its id; nil when it is gone.
    func profile(_ id: ProfileID) throws -> Profile? {
        try first(
            """
            SELECT p.id, p.code, p.name, p.community, p.mods, p.blob_id, p.digest, p.size, p.downloads, p.created_at, p.updated_at,
                a.id, a.username, a.display_name, l.subject, l.name, l.display_name, l.avatar
            FROM profiles p JOIN accounts a ON a.id = p.owner_id
            LEFT JOIN linked_identities l ON l.account_id = a.id AND l.provider = $2 WHERE p.id = $1
            """, [.integer(id.rawValue), .text(IdentityProvider.discord)]
        ) { try Profile($0) }
    }

    /// - Throws: `CommunityError.unknownProfile`.
    func profileSummary(_ code: ProfileCode) throws -> ProfileSummary {
        let profile = try first(
            "SELECT id, code, name, community, created_at, updated_at FROM profiles WHERE code = $1", [.text(code.text)]
        ) { try ProfileSummary($0) }
        guard let profile else { throw CommunityError.unknownProfile }
        return profile
    }

    /// The profiles of an account, those changed last first.
    func profiles(of owner: AccountID) throws -> [ProfileSummary] {
        try query(
            """
            SELECT id, code, name, community, created_at, updated_at FROM profiles
            WHERE owner_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2
            """, [.integer(owner.rawValue), .integer(Limits.listedProfiles)]
        ) { try ProfileSummary($0) }
    }
}

extension ProfileManifest {
    /// The mods as they stand in the database: a list of name, 0 or 1, and the three numbers of the version.
    var modsText: String {
        var json = JSONWriter(capacity: 32 + mods.count * 48)
        json.array { json in
            for mod in mods {
                json.array { json in
                    json.value(mod.name)
                    for number in [mod.isEnabled ? 1 : 0, mod.version.major, mod.version.minor, mod.version.patch] {
                        json.value(Int64(number))
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    fileprivate static func mods(in text: String) throws -> [Mod] {
        try JSONValue.parse(Array(text.utf8)).array().map { entry in
            let parts = try entry.array()
            guard parts.count == 5 else { throw DatabaseError.unexpectedColumn(column: 4, expected: "a list of mods") }
            let numbers = try parts.dropFirst().map { try $0.integer() }.map { UInt32(truncatingIfNeeded: $0) }
            return Mod(
                name: try parts[0].string(), isEnabled: numbers[0] != 0,
                version: Version(major: numbers[1], minor: numbers[2], patch: numbers[3]))
        }
    }
}
