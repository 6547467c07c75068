internal import Community
internal import HTTP
internal import Primitives

/// Which part of a channel's history is asked for (contracts/chat.md 3.4).
struct HistoryQuery: Equatable {
    static let defaultLimit = 50
    static let maximumLimit = 100

    var anchor: HistoryAnchor = .latest
    var limit = defaultLimit

    /// - Throws: `ChatError` 400 that names what is wrong.
    init(_ query: QueryParameters) throws(ChatError) {
        limit = try PageQuery(query).limit(upTo: Self.maximumLimit) ?? Self.defaultLimit
        let anchors = ["before", "after", "around"].filter { query[first: $0] != nil }
        guard anchors.count <= 1 else {
            throw PageQuery.refusal(anchors[1], "BASE_TYPE_BAD_COMBINATION", "At most one of before, after and around.")
        }
        guard let name = anchors.first, let text = query[first: name] else { return }
        switch name {
        case "before": anchor = .before(try Self.position(text, name: name, acceptsTime: true))
        case "after": anchor = .after(try Self.position(text, name: name, acceptsTime: false))
        default: anchor = .around(try Self.position(text, name: name, acceptsTime: false))
        }
    }

    /// The query that asks for the next page, nil when there is nothing to go on from. `items` are newest first.
    func next(after items: [Message]) -> String? {
        switch anchor {
        case .after: items.first.map { "after=\($0.id.rawValue)" }
        case .latest, .before, .around: items.last.map { "before=\($0.id.rawValue)" }
        }
    }

    /// A message id, which need not exist any more, or a time: order is defined by id.
    private static func position(_ text: String, name: String, acceptsTime: Bool) throws(ChatError) -> MessageID {
        if let id = ChatIdentifier.parse(text) { return MessageID(id) }
        if acceptsTime, let time = Timestamp(rfc3339: text) { return MessageID(IDGenerator.smallestID(at: time)) }
        throw PageQuery.refusal(
            name, "NUMBER_TYPE_COERCE", acceptsTime ? "Must be a message id or an RFC 3339 time." : "Must be a message id.")
    }
}
