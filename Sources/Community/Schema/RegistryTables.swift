internal import Storage

extension Community {
    /// Version 6: the registry of worlds, with the people in it (contracts/reileta.md).
    ///
    /// Objects have an id that their maker has chosen (`chosen_id`), or none but their number. Tags stand in one text with commas between them.
    static let registry = Migration(
        version: 6, name: "registry",
        statements: [
            "ALTER TABLE accounts ADD COLUMN tags TEXT NOT NULL DEFAULT ''",
            // The world that somebody begins in, as it was named: id, version and server.
            "ALTER TABLE accounts ADD COLUMN home TEXT",
            // Accounts that are gone: what they said refers to them still.
            "ALTER TABLE accounts ADD COLUMN deleted_at BIGINT",
            // role: 0 thumbnail, 1 banner. The subject is an account or a world: numbers are unique over all kinds.
            """
            CREATE TABLE pictures (
                subject_id BIGINT NOT NULL, role BIGINT NOT NULL, blob_id BIGINT NOT NULL, digest BLOB NOT NULL, size BIGINT NOT NULL,
                updated_at BIGINT NOT NULL, PRIMARY KEY (subject_id, role))
            """,
            """
            CREATE TABLE follows (
                id BIGINT NOT NULL, follower_id BIGINT NOT NULL, followee_id BIGINT NOT NULL, created_at BIGINT NOT NULL,
                PRIMARY KEY (follower_id, followee_id))
            """,
            "CREATE INDEX follows_by_followee ON follows (followee_id, created_at)",
            """
            CREATE TABLE worlds (
                id BIGINT PRIMARY KEY, chosen_id TEXT UNIQUE, owner_id BIGINT NOT NULL, title TEXT NOT NULL, title_key TEXT NOT NULL,
                description TEXT, capacity BIGINT NOT NULL, tags TEXT NOT NULL, is_public BIGINT NOT NULL, created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL)
            """,
            "CREATE INDEX worlds_by_owner ON worlds (owner_id, id)",
            "CREATE INDEX worlds_public ON worlds (id) WHERE is_public = 1",
            // A file of our own (blob_id), one elsewhere (url), or none yet. owner_id is the world's: it counts the bytes of a person.
            """
            CREATE TABLE world_assets (
                id BIGINT PRIMARY KEY, chosen_id TEXT UNIQUE, world_id BIGINT NOT NULL, owner_id BIGINT NOT NULL, version TEXT NOT NULL,
                engine TEXT NOT NULL, platform TEXT NOT NULL, url TEXT, blob_id BIGINT, digest BLOB, size BIGINT NOT NULL,
                created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
            """,
            "CREATE UNIQUE INDEX world_assets_by_world ON world_assets (world_id, version, engine, platform)",
            "CREATE INDEX world_assets_by_owner ON world_assets (owner_id, size) WHERE blob_id IS NOT NULL",
            // requirements: JSON.
            """
            CREATE TABLE services (
                id BIGINT PRIMARY KEY, chosen_id TEXT UNIQUE, owner_id BIGINT NOT NULL, title TEXT NOT NULL, title_key TEXT NOT NULL,
                description TEXT, version TEXT NOT NULL, url TEXT, tags TEXT NOT NULL, requirements TEXT NOT NULL, created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL)
            """,
            "CREATE INDEX services_by_owner ON services (owner_id, id)",
            // whitelist: names of people, with commas between them; NULL: everybody that the tags let in.
            """
            CREATE TABLE instances (
                id BIGINT PRIMARY KEY, chosen_id TEXT UNIQUE, owner_id BIGINT NOT NULL, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
                title_key TEXT NOT NULL, description TEXT, capacity BIGINT NOT NULL, world_id BIGINT NOT NULL, world_version TEXT,
                tags TEXT NOT NULL, is_listed BIGINT NOT NULL, password_hash TEXT, whitelist TEXT, created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL)
            """,
            "CREATE INDEX instances_by_owner ON instances (owner_id, id)",
            "CREATE INDEX instances_listed ON instances (id) WHERE is_listed = 1",
        ])
}
