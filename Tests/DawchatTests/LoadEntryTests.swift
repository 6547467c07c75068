import Community
import Testing

@testable import Dawchat

/// contracts/dawchat.md 2, detail 23: which messages of which channels are wanted.
struct LoadEntryTests {
    private static func entry(_ members: String) throws -> LoadEntry {
        try #require(try LoadEntry.entries(of: try Forms.make(#"{"load":[{"channelId":1\#(members)}]}"#)).first)
    }

    private static let all = Set(MessageKind.allCases)

    @Test func `what is not said is everything from the newest one`() throws {
        for members in ["", #","lastMessage":null,"limit":null,"filter":null"#, #","filter":[],"other":{}"#] {
            let entry = try Self.entry(members)
            #expect(entry.channel == ChannelID(1) && entry.before == nil && entry.count == 100 && entry.kinds == Self.all)
        }
    }

    /// "`limit` absent/null/>100 -> 100; 0 -> empty list"; numbers may stand in texts (3.8).
    @Test(arguments: [
        ("0", 0), ("1", 1), (#""7""#, 7), ("100", 100), ("101", 100), (#""1000""#, 100), ("9223372036854775807", 100),
    ])
    func `a limit is a number from 0 to 100`(limit: String, count: Int) throws {
        #expect(try Self.entry(#","limit":\#(limit)"#).count == count)
    }

    @Test func `the upper bound is the id of a message`() throws {
        #expect(try Self.entry(#","lastMessage":12"#).before == MessageID(12))
        #expect(try Self.entry(#","lastMessage":"9007199254740991""#).before == MessageID(9_007_199_254_740_991))
    }

    @Test func `a filter names the kinds`() throws {
        #expect(try Self.entry(#","filter":["text"]"#).kinds == [.text])
        #expect(
            try Self.entry(#","filter":["channel-rename","channel-create","channel-rename"]"#).kinds == [.channelCreate, .channelRename])
        #expect(try Self.entry(#","filter":["channel-rename","text","channel-create"]"#).kinds == Self.all)
    }

    @Test(arguments: [
        #","limit":-1"#, #","limit":1.0"#, #","limit":"""#, #","limit":true"#, #","lastMessage":0"#, #","lastMessage":"x""#,
        #","lastMessage":9007199254740992"#, #","filter":["user-join"]"#, #","filter":["Text"]"#, #","filter":[1]"#, #","filter":"text""#,
        #","filter":{}"#,
    ])
    func `what is wrong is refused`(members: String) {
        #expect(problem { _ = try Self.entry(members) }?.kind.code == "InvalidRequestParameters")
    }

    /// "load missing -> 400, [] -> …; max 50 entries".
    @Test func `there are at most fifty`() throws {
        func entries(_ json: String) throws -> [LoadEntry] { try LoadEntry.entries(of: try Forms.make(json)) }
        #expect(try entries(#"{"load":[]}"#).isEmpty)
        func list(of count: Int) -> String {
            #"{"load":["# + (1...count).map { #"{"channelId":\#($0)}"# }.joined(separator: ",") + "]}"
        }
        #expect(try entries(list(of: 50)).map(\.channel) == (1...50).map { ChannelID($0) })
        #expect(problem { _ = try entries(list(of: 51)) }?.detail == "load: has at most 50 entries.")
        for json in ["{}", #"{"load":null}"#, #"{"load":{}}"#, #"{"load":[[]]}"#, #"{"load":[{}]}"#, #"{"load":[{"channelId":"0"}]}"#] {
            #expect(problem { _ = try entries(json) }?.kind.code == "InvalidRequestParameters")
        }
    }
}
