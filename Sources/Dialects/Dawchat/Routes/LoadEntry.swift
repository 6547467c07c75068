internal import Community
internal import JSON

/// One entry of `load`: which messages of one channel are wanted (contracts/dawchat.md 2, detail 23).
struct LoadEntry: Sendable {
    /// Entries of one request.
    static let limit = 50

    var channel: ChannelID
    /// Only messages with a smaller id; nil: from the newest one.
    var before: MessageID?
    /// At most 100.
    var count: Int
    var kinds: Set<MessageKind>

    /// The entries of a request's body.
    static func entries(of form: RequestForm) throws(Problem) -> [LoadEntry] {
        try form.list("load", atMost: limit).map { value throws(Problem) in try LoadEntry(RequestForm(value, in: "load")) }
    }

    private init(_ form: RequestForm) throws(Problem) {
        channel = ChannelID(try form.identifier("channelId"))
        before = try form.optionalIdentifier("lastMessage").map { MessageID($0) }
        count = Int(min(try form.optionalCount("limit") ?? .max, Int64(Limits.page.upperBound)))
        let names = try form.optionalList("filter") ?? []
        let named = try names.map { name throws(Problem) in
            guard let kind = (try? name.string()).flatMap({ MessageKind(wireName: $0) }) else {
                throw .invalid("filter: must hold text, channel-create and channel-rename only.")
            }
            return kind
        }
        kinds = Set(named.isEmpty ? MessageKind.allCases : named)
    }
}
