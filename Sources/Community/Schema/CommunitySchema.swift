public import Storage

extension Community {
    /// The tables of the community, for `Database.open`.
    public static let schema = Schema(
        component: "community", migrations: [foundation, changes, memberships, galaxies, profiles, registry, instances])

    /// Version 1. The statements serve both engines: BIGINT, TEXT and BLOB only; times are microseconds UTC, flags 0 and 1.
    ///
    /// There are no foreign keys: whatever removes an object removes what belongs to it in the same transaction, and no insert of a message pays for
    /// a look at other tables that the permission check has just read.
    private static let foundation = Migration(
        version: 1, name: "community", statements: accountTables + spaceTables + channelTables + messageTables + otherTables)

    /// Version 2: what changing and deleting needs.
    private static let changes = Migration(
        version: 2, name: "changes",
        statements: [
            // 1: who sees an open channel may differ from who is in its space; never set back.
            "ALTER TABLE channels ADD COLUMN own_audience BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX channels_own_audience ON channels (space_id) WHERE own_audience = 1",
            // Channels whose messages are still to be removed, a few at a time.
            "CREATE TABLE deleted_channels (channel_id BIGINT PRIMARY KEY, deleted_at BIGINT NOT NULL)",
        ])

    /// Version 3: channels with members of their own as a community uses them (contracts/dawchat.md).
    private static let memberships = Migration(
        version: 3, name: "memberships",
        statements: [
            // The latest message that somebody has written, besides the latest of any kind.
            "ALTER TABLE channels ADD COLUMN last_text_message_id BIGINT",
            "UPDATE channels SET last_text_message_id = last_message_id",
            // The name as it is searched, of channels that can be found; for those that are there already `Community.prepare` writes it.
            "ALTER TABLE channels ADD COLUMN name_key TEXT",
            "CREATE INDEX channels_findable ON channels (name_key, id) WHERE access = 1",
            "CREATE INDEX channels_by_name ON channels (space_id, name)",
            "CREATE INDEX channels_by_owner ON channels (owner_id)",
            "CREATE INDEX channel_members_by_joining ON channel_members (channel_id, joined_at, account_id)",
            // Few messages are no text: a page of them does not look at the others.
            "CREATE INDEX messages_notes ON messages (channel_id, id) WHERE kind <> 0",
            // status: 0 pending, 1 accepted, 2 denied, 3 revoked, 4 expired.
            """
            CREATE TABLE channel_invites (
                id BIGINT PRIMARY KEY, channel_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, recipient_id BIGINT NOT NULL,
                permissions BIGINT NOT NULL, status BIGINT NOT NULL, created_at BIGINT NOT NULL, decided_at BIGINT)
            """,
            "CREATE UNIQUE INDEX channel_invites_pending ON channel_invites (channel_id, recipient_id) WHERE status = 0",
            "CREATE INDEX channel_invites_received ON channel_invites (recipient_id, id) WHERE status = 0",
            "CREATE INDEX channel_invites_decided ON channel_invites (decided_at) WHERE decided_at IS NOT NULL",
        ])

    private static let accountTables = [
        // The keys are the names as they are compared: without regard to case.
        """
        CREATE TABLE accounts (
            id BIGINT PRIMARY KEY, username TEXT NOT NULL, username_key TEXT NOT NULL UNIQUE, email TEXT, email_key TEXT UNIQUE,
            password_hash TEXT, display_name TEXT, avatar_url TEXT, bio TEXT, status BIGINT NOT NULL, is_administrator BIGINT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX accounts_administrators ON accounts (id) WHERE is_administrator = 1",
        """
        CREATE TABLE sessions (
            id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL, kind BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            last_used_at BIGINT NOT NULL, ended_at BIGINT)
        """,
        "CREATE INDEX sessions_by_account ON sessions (account_id, last_used_at)",
        "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
        "CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL",
        // state: 0 current, 1 spent. A spent token that comes back ends its session.
        """
        CREATE TABLE session_tokens (
            hash BLOB PRIMARY KEY, session_id BIGINT NOT NULL, state BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)
        """,
        "CREATE INDEX session_tokens_by_session ON session_tokens (session_id, state, created_at)",
    ]

    private static let spaceTables = [
        """
        CREATE TABLE spaces (
            id BIGINT PRIMARY KEY, name TEXT NOT NULL, description TEXT, icon_url TEXT, owner_id BIGINT, is_home BIGINT NOT NULL,
            member_count BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        // There is one home space at most, whoever makes it.
        "CREATE UNIQUE INDEX spaces_home ON spaces (is_home) WHERE is_home = 1",
        """
        CREATE TABLE members (
            space_id BIGINT NOT NULL, account_id BIGINT NOT NULL, nickname TEXT, joined_at BIGINT NOT NULL, timed_out_until BIGINT,
            PRIMARY KEY (space_id, account_id))
        """,
        "CREATE INDEX members_by_account ON members (account_id, joined_at, space_id)",
        // kind: 0 custom, 1 everyone (its id is the space's), 2 administrators.
        """
        CREATE TABLE roles (
            id BIGINT PRIMARY KEY, space_id BIGINT NOT NULL, kind BIGINT NOT NULL, name TEXT NOT NULL, permissions BIGINT NOT NULL,
            position BIGINT NOT NULL, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX roles_by_space ON roles (space_id)",
        """
        CREATE TABLE member_roles (
            space_id BIGINT NOT NULL, account_id BIGINT NOT NULL, role_id BIGINT NOT NULL, PRIMARY KEY (space_id, account_id, role_id))
        """,
    ]

    private static let channelTables = [
        // default_permissions counts only when inherits_default is 0. direct_key names the participants of a direct channel, so that two people have one.
        """
        CREATE TABLE channels (
            id BIGINT PRIMARY KEY, space_id BIGINT, parent_id BIGINT, owner_id BIGINT, name TEXT, kind BIGINT NOT NULL, access BIGINT NOT NULL,
            topic TEXT, position BIGINT NOT NULL, default_permissions BIGINT NOT NULL, inherits_default BIGINT NOT NULL,
            override_count BIGINT NOT NULL, direct_key TEXT UNIQUE, last_message_id BIGINT, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX channels_by_space ON channels (space_id, position, id)",
        """
        CREATE TABLE channel_overrides (
            channel_id BIGINT NOT NULL, kind BIGINT NOT NULL, target_id BIGINT NOT NULL, permissions BIGINT NOT NULL,
            PRIMARY KEY (channel_id, kind, target_id))
        """,
        // Members of channels with membership access, and the participants of direct channels.
        """
        CREATE TABLE channel_members (
            channel_id BIGINT NOT NULL, account_id BIGINT NOT NULL, permissions BIGINT NOT NULL, joined_at BIGINT NOT NULL,
            last_read_id BIGINT, PRIMARY KEY (channel_id, account_id))
        """,
        "CREATE INDEX channel_members_by_account ON channel_members (account_id, joined_at, channel_id)",
    ]

    private static let messageTables = [
        // Rows in the order they come, and one index in the order they are read: cheaper to write than a clustered table (DESIGN section 5).
        """
        CREATE TABLE messages (
            channel_id BIGINT NOT NULL, id BIGINT NOT NULL, author_id BIGINT NOT NULL, kind BIGINT NOT NULL, content TEXT NOT NULL,
            created_at BIGINT NOT NULL, edited_at BIGINT, PRIMARY KEY (channel_id, id))
        """,
        """
        CREATE TABLE message_nonces (
            author_id BIGINT NOT NULL, channel_id BIGINT NOT NULL, nonce TEXT NOT NULL, message_id BIGINT NOT NULL, created_at BIGINT NOT NULL,
            PRIMARY KEY (author_id, channel_id, nonce))
        """,
        "CREATE INDEX message_nonces_by_time ON message_nonces (created_at)",
    ]

    private static let otherTables = [
        """
        CREATE TABLE space_invites (
            code TEXT PRIMARY KEY, space_id BIGINT NOT NULL, inviter_id BIGINT NOT NULL, uses BIGINT NOT NULL, maximum_uses BIGINT NOT NULL,
            expires_at BIGINT, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX space_invites_by_space ON space_invites (space_id, created_at)",
        "CREATE INDEX space_invites_by_expiry ON space_invites (expires_at) WHERE expires_at IS NOT NULL",
        """
        CREATE TABLE account_invites (
            token TEXT PRIMARY KEY, inviter_id BIGINT NOT NULL, accepted_by BIGINT, accepted_at BIGINT, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX account_invites_by_inviter ON account_invites (inviter_id, created_at)",
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
        """
        CREATE TABLE audit_log (
            id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL, space_id BIGINT, action TEXT NOT NULL, subject_id BIGINT NOT NULL, details TEXT,
            created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX audit_log_by_space ON audit_log (space_id, id)",
    ]
}
