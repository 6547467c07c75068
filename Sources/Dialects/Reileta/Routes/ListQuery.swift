internal import Community
internal import HTTP
internal import JSON

/// Which part of a list is asked for (contracts/reileta.md 1.4). Numbers that are none are as if they were not there.
struct ListQuery {
    /// Objects of a page where the request does not say.
    private static let usualLimit = 10
    /// Objects of a page at most.
    private static let limit = 100

    var query: String?
    var ids: [String]
    var window: RegistryWindow

    init(_ request: HTTPRequest) {
        let parameters = request.query
        func number(_ names: String...) -> Int? { names.lazy.compactMap { parameters[first: $0].flatMap { Int($0) } }.first }
        query = ["query", "q", "search"].lazy.compactMap { parameters[first: $0] }.first { !$0.isEmpty }
        ids = Array(parameters.all("id").filter { !$0.isEmpty }.prefix(Self.limit))
        var limit = Self.usualLimit
        if let wanted = number("limit", "take"), wanted >= 1 { limit = min(wanted, Self.limit) }
        var offset = 0
        if let wanted = number("offset"), wanted >= 0 {
            offset = wanted
        } else if let page = number("page"), (0...1_000_000).contains(page) {
            offset = page * limit
        }
        window = RegistryWindow(limit: limit, offset: min(offset, 1_000_000_000))
    }

    /// Writes the answer: the same list under both names that clients know.
    func write<Item>(
        _ page: RegistryPage<Item>, as plural: StaticString, to json: inout JSONWriter, _ item: (Item, inout JSONWriter) -> Void
    ) {
        var list = JSONWriter(capacity: 64 + page.items.count * 512)
        list.array { list in for entry in page.items { item(entry, &list) } }
        json.object { json in
            json.member("total", page.total)
            json.member("limit", window.limit)
            json.member("offset", window.offset)
            json.present("query", query)
            json.member("items", raw: list.bytes)
            json.member(plural, raw: list.bytes)
        }
    }
}
