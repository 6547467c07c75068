/// Part of a long list.
public struct Page<Item> {
    /// The items, newest first.
    public var items: [Item]
    /// Whether there are more in the direction that was asked for; around a message: whether there are older ones.
    public var hasMore: Bool

    /// A page.
    public init(items: [Item], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }
}

extension Page: Sendable where Item: Sendable {}
extension Page: Equatable where Item: Equatable {}

/// Which part of a channel's history is asked for. A message that an anchor names need not exist any more: ids are compared.
public enum HistoryAnchor: Sendable, Equatable {
    /// The newest messages.
    case latest
    /// The newest of those older than a message.
    case before(MessageID)
    /// The oldest of those newer than a message.
    case after(MessageID)
    /// A message and those around it.
    case around(MessageID)
}
