internal import struct Synchronization.Atomic

/// How often the writer has told of committed transactions: a reader that sees another number than before has to look anew.
final class CommitCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    var value: UInt64 { count.load(ordering: .acquiring) }

    /// Called after a commit and before anybody is told of it.
    func advance() {
        count.wrappingAdd(1, ordering: .releasing)
    }
}
