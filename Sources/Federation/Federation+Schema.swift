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
                ])
        ])
}
