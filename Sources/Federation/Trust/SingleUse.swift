internal import Primitives
public import Storage

/// What counts once: nonces of signatures, numbers of tokens and proofs. It is used up by the transaction that does what it allows, so that a
/// request which is refused has used nothing.
public struct SingleUse: Sendable {
    let numbers: Set<Federation.Number>
    /// When the numbers may be forgotten, because what they belong to does not count any more.
    let until: Timestamp

    /// Writes down that the numbers are used, in statements that fail for the second one who comes.
    ///
    /// - Throws: `TrustFailure.replayed`; what the transaction throws.
    public func spend(in transaction: Transaction) throws {
        guard try insert(in: transaction) == numbers.count else { throw TrustFailure.replayed }
    }

    /// - Returns: how many were new.
    func insert(in transaction: Transaction) throws -> Int {
        try numbers.reduce(into: 0) { inserted, number in
            inserted += try transaction.execute(
                "INSERT INTO used_numbers (scope, number, expires_at) VALUES ($1, $2, $3) ON CONFLICT (scope, number) DO NOTHING",
                [.text(number.scope), .text(number.text), .integer(until.microseconds)])
        }
    }
}
