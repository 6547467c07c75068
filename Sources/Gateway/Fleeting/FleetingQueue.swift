/// Batches of fleeting events that wait on one loop, presence and typing in turn.
///
/// Typing that waits for too long is worth nothing: of it there are never more than a bounded number, and the oldest go first. Presence is bounded by
/// the board, which waits until its last batches are out.
struct FleetingQueue {
    /// Batches of typing that wait.
    static let typingLimit = 1_024

    // Slices, which give up their first element without moving the others.
    private var presence: ArraySlice<FleetingBatch> = []
    private var typing: ArraySlice<FleetingBatch> = []
    private var isTypingNext = true

    var isEmpty: Bool { presence.isEmpty && typing.isEmpty }

    mutating func append(_ batch: FleetingBatch) {
        guard case .typing = batch.envelopes.first?.event else { return presence.append(batch) }
        if typing.count == Self.typingLimit { typing.removeFirst() }
        typing.append(batch)
    }

    mutating func takeFirst() -> FleetingBatch? {
        isTypingNext.toggle()
        let isTyping = presence.isEmpty || isTypingNext && !typing.isEmpty
        let batch = isTyping ? typing.popFirst() : presence.popFirst()
        // Empty slices still hold what has been taken from them.
        if presence.isEmpty { presence = [] }
        if typing.isEmpty { typing = [] }
        return batch
    }
}
