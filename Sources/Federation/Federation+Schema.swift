public import Storage

extension Federation {
    /// The tables of trust, for `Database.open`.
    public static let schema = Schema(
        component: "federation",
        migrations: [
            Migration(
                version: 1, name: "federation",
                statements: [
                    // What counts once: nonces of signatures, numbers of tokens and proofs.
                    """
                    CREATE TABLE used_numbers (
                        scope TEXT NOT NULL, number TEXT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (scope, number))
                    """,
                    "CREATE INDEX used_numbers_by_expiry ON used_numbers (expires_at)",
                    // The last document of each source: a restart does not need the other server.
                    """
                    CREATE TABLE key_documents (
                        source TEXT PRIMARY KEY, url TEXT NOT NULL, document BLOB NOT NULL, fetched_at BIGINT NOT NULL,
                        lifetime BIGINT NOT NULL)
                    """,
                    // Keys that were pinned at the command line, or introduced by another key, which is named then.
                    """
                    CREATE TABLE trusted_keys (
                        source TEXT NOT NULL, thumbprint TEXT NOT NULL, introduced_by TEXT, created_at BIGINT NOT NULL,
                        PRIMARY KEY (source, thumbprint))
                    """,
                    // What a source revokes is revoked for that source; what the operator revokes is revoked for all.
                    """
                    CREATE TABLE revoked_keys (
                        thumbprint TEXT NOT NULL, revoked_by TEXT NOT NULL, created_at BIGINT NOT NULL,
                        PRIMARY KEY (thumbprint, revoked_by))
                    """,
                ]),
            Migration(
                version: 2, name: "sightings",
                statements: [
                    // Since when a source shows a key without a break: of several that show it, it is the first one's.
                    """
                    CREATE TABLE key_sightings (
                        thumbprint TEXT NOT NULL, source TEXT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (thumbprint, source))
                    """,
                    "CREATE INDEX key_sightings_by_source ON key_sightings (source)",
                ]),
            Migration(
                version: 3, name: "peers",
                statements: [
                    // Servers of the Reileta kind: what the operator has said of them (rule: 0 nothing, 1 allowed, 2 denied), and what they said last.
                    """
                    CREATE TABLE peers (
                        address TEXT PRIMARY KEY, rule BIGINT NOT NULL, title TEXT, http TEXT, seen_at BIGINT, created_at BIGINT NOT NULL)
                    """,
                    // direction: 0 ours at another server, with the token to send; 1 another's here, with the hash of its token.
                    """
                    CREATE TABLE challenges (
                        id TEXT NOT NULL, direction BIGINT NOT NULL, server TEXT NOT NULL, state BIGINT NOT NULL, nonce TEXT, token TEXT,
                        token_hash BLOB, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (id, direction, server))
                    """,
                    "CREATE INDEX challenges_by_server ON challenges (server, direction, state)",
                    "CREATE UNIQUE INDEX challenges_by_token ON challenges (token_hash)",
                    "CREATE INDEX challenges_by_expiry ON challenges (expires_at)",
                    // Which servers people of this one have been vouched for at. The tokens are the people's.
                    """
                    CREATE TABLE integrity_grants (
                        id TEXT PRIMARY KEY, account_id BIGINT NOT NULL, server TEXT NOT NULL, created_at BIGINT NOT NULL,
                        expires_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX integrity_grants_by_account ON integrity_grants (account_id, expires_at)",
                ]),
        ])
}
