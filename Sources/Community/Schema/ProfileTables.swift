internal import Storage

extension Community {
    /// Version 5: mod profiles, and people as Discord knows them (contracts/gale.md).
    static let profiles = Migration(
        version: 5, name: "profiles",
        statements: [
            // As whoever vouches for a person has told last; Discord only.
            "ALTER TABLE linked_identities ADD COLUMN name TEXT",
            "ALTER TABLE linked_identities ADD COLUMN display_name TEXT",
            "ALTER TABLE linked_identities ADD COLUMN avatar TEXT",

            // Who has gone elsewhere to sign in and has not come back: by the hash of what comes back with them. target: 0 a local address, 1 a link.
            "CREATE TABLE sign_in_flows (hash BLOB PRIMARY KEY, target BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
            "CREATE INDEX sign_in_flows_by_time ON sign_in_flows (expires_at)",

            // code: as it is known outside. mods: JSON. digest and size are those of the blob.
            """
            CREATE TABLE profiles (
                id BIGINT PRIMARY KEY, code TEXT NOT NULL UNIQUE, owner_id BIGINT NOT NULL, name TEXT NOT NULL, community TEXT,
                mods TEXT NOT NULL, blob_id BIGINT NOT NULL, digest BLOB NOT NULL, size BIGINT NOT NULL, downloads BIGINT NOT NULL,
                created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
            """,
            "CREATE INDEX profiles_by_owner ON profiles (owner_id, updated_at)",
        ])
}
