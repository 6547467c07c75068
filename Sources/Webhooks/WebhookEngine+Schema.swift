public import Storage

extension WebhookEngine {
    /// The tables of outgoing webhooks, for `Database.open`.
    public static let schema = Schema(
        component: "webhooks",
        migrations: [
            Migration(
                version: 1, name: "webhooks",
                statements: [
                    // space_id is NULL for endpoints that the operator has configured. position is a place in the event log. Lists are joined by commas.
                    """
                    CREATE TABLE webhook_endpoints (
                        id BIGINT PRIMARY KEY, space_id BIGINT, url TEXT NOT NULL, events TEXT NOT NULL, channels TEXT, description TEXT,
                        scheme BIGINT NOT NULL, state BIGINT NOT NULL, disabled_reason TEXT, created_by BIGINT NOT NULL,
                        secret BLOB NOT NULL, former_secret BLOB, former_until BIGINT, position BIGINT NOT NULL, paused_until BIGINT,
                        pause_seconds BIGINT NOT NULL, first_failure_at BIGINT, failures BIGINT NOT NULL, last_success_at BIGINT,
                        created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX webhook_endpoints_by_space ON webhook_endpoints (space_id, id)",
                    // state: 0 waiting, 1 delivered, 2 exhausted, 3 dropped. The body is forgotten before the row.
                    """
                    CREATE TABLE webhook_deliveries (
                        id BIGINT PRIMARY KEY, endpoint_id BIGINT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL, body BLOB,
                        state BIGINT NOT NULL, attempts BIGINT NOT NULL, next_attempt_at BIGINT NOT NULL, leased_until BIGINT,
                        created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 0",
                    "CREATE INDEX webhook_deliveries_due_by_endpoint ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE state = 0",
                    "CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, state, created_at)",
                    "CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (created_at)",
                    """
                    CREATE TABLE webhook_attempts (
                        id BIGINT PRIMARY KEY, delivery_id BIGINT NOT NULL, endpoint_id BIGINT NOT NULL, attempt BIGINT NOT NULL,
                        at BIGINT NOT NULL, status BIGINT, failure TEXT, duration BIGINT NOT NULL)
                    """,
                    "CREATE INDEX webhook_attempts_by_endpoint ON webhook_attempts (endpoint_id, id)",
                    "CREATE INDEX webhook_attempts_by_time ON webhook_attempts (at)",
                ])
        ])
}
