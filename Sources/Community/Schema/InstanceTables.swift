internal import Storage

extension Community {
    /// Version 7: what instances need that people play in: who helps their owners, who asks to come in, and who may not (contracts/reileta.md 3.5, 5.3).
    static let instances = Migration(
        version: 7, name: "instances",
        statements: [
            // Numbers of accounts, with commas between them.
            "ALTER TABLE instances ADD COLUMN moderators TEXT NOT NULL DEFAULT ''",
            // Until when somebody of another server may be here at most, as far as it has shown itself.
            "ALTER TABLE linked_identities ADD COLUMN seen_until BIGINT",
            // When somebody was last seen inside, by whichever process: each says so now and again of those that it has.
            "ALTER TABLE instances ADD COLUMN occupied_at BIGINT NOT NULL DEFAULT 0",
            // state: 0 pending, 1 queued, 2 accepted, 3 refused, 4 expired. place: the order of the queue. is_approved: 1: somebody who decides has said yes.
            // expires_at: of accepted ones the end of the reservation, of refused and expired ones when they are forgotten.
            """
            CREATE TABLE instance_candidates (
                id BIGINT PRIMARY KEY, instance_id BIGINT NOT NULL, account_id BIGINT NOT NULL, state BIGINT NOT NULL, place BIGINT NOT NULL,
                is_approved BIGINT NOT NULL, message TEXT, created_at BIGINT NOT NULL, expires_at BIGINT)
            """,
            "CREATE UNIQUE INDEX instance_candidates_of_account ON instance_candidates (instance_id, account_id)",
            "CREATE INDEX instance_candidates_by_state ON instance_candidates (instance_id, state, place)",
            "CREATE INDEX instance_candidates_by_account ON instance_candidates (account_id)",
            "CREATE INDEX instance_candidates_open ON instance_candidates (state, instance_id) WHERE state IN (1, 2)",
            "CREATE INDEX instance_candidates_by_expiry ON instance_candidates (expires_at) WHERE expires_at IS NOT NULL",
            // kind: 0 banned, 1 muted. player: the id on the wire that somebody had when it happened; NULL: was not inside.
            """
            CREATE TABLE instance_sanctions (
                instance_id BIGINT NOT NULL, account_id BIGINT NOT NULL, kind BIGINT NOT NULL, player TEXT, moderator_id BIGINT NOT NULL,
                created_at BIGINT NOT NULL, PRIMARY KEY (instance_id, account_id, kind))
            """,
            "CREATE INDEX instance_sanctions_by_account ON instance_sanctions (account_id)",
            // Text channels of the home space, of those instances that have one.
            "CREATE TABLE instance_channels (instance_id BIGINT PRIMARY KEY, channel_id BIGINT NOT NULL)",
        ])
}
