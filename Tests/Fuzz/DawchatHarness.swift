internal import Community
internal import JSON

@testable import Dawchat

/// Bodies of Dawchat clients: what is read is within the contract, and reads the same when it is written again.
enum DawchatHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let value = try? JSONValue.parse(bytes), let form = try? RequestForm(value, in: "load") else { return }
        for id in (try? form.identifiers("toRemove")) ?? [] { try check(id) }
        if let count = try? form.optionalCount("limit") { try require(count >= 0, "a count is \(count)") }
        guard let entries = try? LoadEntry.entries(of: form) else { return }
        try require(entries.count <= LoadEntry.limit, "\(entries.count) entries are above the limit")
        for entry in entries {
            try check(entry.channel.rawValue)
            if let before = entry.before { try check(before.rawValue) }
            try require((0...100).contains(entry.count), "a page has \(entry.count) messages")
            try require(!entry.kinds.isEmpty, "a filter lets nothing through")
        }
        guard let written = try? JSONValue.parse(write(entries)), let again = try? LoadEntry.entries(of: RequestForm(written, in: "load"))
        else {
            throw Finding(description: "\(entries) cannot be read again")
        }
        let isSame = entries.elementsEqual(again) {
            $0.channel == $1.channel && $0.before == $1.before && $0.count == $1.count && $0.kinds == $1.kinds
        }
        try require(isSame, "\(entries) comes back as \(again)")
    }

    private static func check(_ id: Int64) throws(Finding) {
        try require(id > 0 && id < 1 << 53, "an id is \(id)")
    }

    private static func write(_ entries: [LoadEntry]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("load")
            writer.array { writer in
                for entry in entries {
                    writer.object { writer in
                        writer.member("channelId", entry.channel.rawValue)
                        if let before = entry.before { writer.member("lastMessage", String(before.rawValue)) }
                        writer.member("limit", entry.count)
                        writer.key("filter")
                        writer.array { for kind in entry.kinds { $0.value(kind.wireName) } }
                    }
                }
            }
        }
        return writer.bytes
    }
}
