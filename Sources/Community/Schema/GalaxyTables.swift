internal import Storage

extension Community {
    /// Version 4: spaces as galaxies of a metadata server, people with identities of other servers, and webhooks (contracts/cosmos.md).
    static let galaxies = Migration(
        version: 4, name: "galaxies",
        statements: [
            // The id that the metadata server has given a space, and the origin of that server; NULL for spaces made here.
            "ALTER TABLE spaces ADD COLUMN external_id TEXT",
            "ALTER TABLE spaces ADD COLUMN source TEXT",
            "ALTER TABLE spaces ADD COLUMN icon_hash TEXT",
            "ALTER TABLE spaces ADD COLUMN public_flags BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE spaces ADD COLUMN private_flags BIGINT NOT NULL DEFAULT 0",
            // A space that its metadata server has deleted is out of reach, and removed later; its members wait in put_away_members.
            "ALTER TABLE spaces ADD COLUMN deleted_at BIGINT",
            "CREATE UNIQUE INDEX spaces_by_external_id ON spaces (external_id) WHERE external_id IS NOT NULL",
            "CREATE INDEX spaces_deleted ON spaces (deleted_at) WHERE deleted_at IS NOT NULL",
            """
            CREATE TABLE put_away_members (
                space_id BIGINT NOT NULL, account_id BIGINT NOT NULL, nickname TEXT, joined_at BIGINT NOT NULL, timed_out_until BIGINT,
                is_owner BIGINT NOT NULL, PRIMARY KEY (space_id, account_id))
            """,

            "ALTER TABLE channels ADD COLUMN external_id TEXT",
            "CREATE UNIQUE INDEX channels_by_external_id ON channels (space_id, external_id) WHERE external_id IS NOT NULL",
            "CREATE INDEX channels_by_parent ON channels (parent_id) WHERE parent_id IS NOT NULL",

            // A person of another server: one account per provider and subject, whoever vouches for the subject.
            """
            CREATE TABLE linked_identities (
                provider TEXT NOT NULL, subject TEXT NOT NULL, issuer TEXT, account_id BIGINT NOT NULL, created_at BIGINT NOT NULL,
                PRIMARY KEY (provider, subject))
            """,
            "CREATE INDEX linked_identities_by_account ON linked_identities (account_id, provider)",
            // Of a login that was opened with another server's token: when that was made, and the galaxies that it is limited to, with spaces between
            // them; NULL: no limit.
            "ALTER TABLE sessions ADD COLUMN vouched_at BIGINT",
            "ALTER TABLE sessions ADD COLUMN galaxies TEXT",
            // Tokens that somebody's identity server has revoked, also of people who are nothing here (any more), until the tokens have expired.
            "CREATE TABLE revoked_tokens (subject TEXT PRIMARY KEY, revoked_before BIGINT NOT NULL)",
            // Who may have galaxies here, by the id that Cosmos knows them by: they need not have been here yet.
            "CREATE TABLE operators (user_id TEXT PRIMARY KEY, created_at BIGINT NOT NULL)",
            "CREATE TABLE claim_codes (hash BLOB PRIMARY KEY, failures BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
            "CREATE TABLE ownership_challenges (token TEXT PRIMARY KEY, expires_at BIGINT NOT NULL)",

            // Who has written a message that no account wrote, and the message as the webhook sent it, as JSON; content is what everybody can read.
            "ALTER TABLE messages ADD COLUMN webhook_id BIGINT",
            "ALTER TABLE messages ADD COLUMN author_name TEXT",
            "ALTER TABLE messages ADD COLUMN author_avatar_url TEXT",
            "ALTER TABLE messages ADD COLUMN post TEXT",
            """
            CREATE TABLE incoming_webhooks (
                id BIGINT PRIMARY KEY, space_id BIGINT NOT NULL, channel_id BIGINT NOT NULL, creator_id BIGINT NOT NULL, name TEXT NOT NULL,
                avatar_url TEXT, token_hash BLOB NOT NULL UNIQUE, github_secret TEXT, permissions BIGINT NOT NULL, created_at BIGINT NOT NULL)
            """,
            "CREATE INDEX incoming_webhooks_by_channel ON incoming_webhooks (channel_id, id)",
            // What a sender has delivered already, by its own number.
            """
            CREATE TABLE received_deliveries (
                receiver TEXT NOT NULL, delivery TEXT NOT NULL, received_at BIGINT NOT NULL, PRIMARY KEY (receiver, delivery))
            """,
            "CREATE INDEX received_deliveries_by_time ON received_deliveries (received_at)",
        ])
}
