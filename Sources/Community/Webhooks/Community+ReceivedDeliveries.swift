internal import Primitives
internal import Storage

/// What senders have delivered, by their own numbers: some send things again (contracts/cosmos.md 9.6, 9.7).
extension Community {
    /// Whether a sender has delivered something within the last 24 hours.
    public func hasReceived(_ delivery: String, from sender: String) async throws -> Bool {
        guard delivery.isStorable, sender.isStorable else { return false }
        let since = clock().adding(seconds: -Limits.deliverySeconds)
        return try await read { reader in
            try reader.first(
                "SELECT 1 FROM received_deliveries WHERE receiver = $1 AND delivery = $2 AND received_at > $3",
                [.text(sender), .text(delivery), .integer(since.microseconds)]
            ) { try $0.integer(0) } != nil
        }
    }

    /// Writes down that a sender has delivered something.
    public func noteReceived(_ delivery: String, from sender: String) async throws {
        guard delivery.isStorable, sender.isStorable else { return }
        _ = try await write { try $0.noteReceived(delivery, from: sender) }
    }
}

extension Transaction {
    /// - Returns: whether it was not there within the last 24 hours.
    @discardableResult
    func noteReceived(_ delivery: String, from sender: String) throws -> Bool {
        try execute(
            """
            INSERT INTO received_deliveries (receiver, delivery, received_at) VALUES ($1, $2, $3)
            ON CONFLICT (receiver, delivery) DO UPDATE SET received_at = excluded.received_at
            WHERE received_deliveries.received_at <= $4
            """,
            [
                .text(sender), .text(delivery), .integer(now.microseconds),
                .integer(now.adding(seconds: -Limits.deliverySeconds).microseconds),
            ]) == 1
    }
}
