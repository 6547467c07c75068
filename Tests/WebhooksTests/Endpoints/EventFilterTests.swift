import Testing
import Webhooks

/// contracts/cosmos.md 8.1: "`events` entries: exact type, `prefix.*`, or `*`".
struct EventFilterTests {
    @Test(arguments: ["*", "channel.*", "message.created", "webhook.ping", "webhook.*", "galaxy.deleted"])
    func whatNamesATypeIsKnown(entry: String) {
        #expect(EventFilter.isKnown(entry))
    }

    @Test(arguments: [
        "", ".*", "*.*", "**", "chan*", "channel", "channel.", "channel.painted", "Channel.*", "*.created", "message.created.*", "mess.*",
        ",",
    ])
    func whatNamesNoneIsNot(entry: String) {
        #expect(!EventFilter.isKnown(entry))
    }

    @Test(arguments: [
        (["*"], "member.left", true), (["member.*"], "member.left", true), (["member.left"], "member.left", true),
        (["member.*"], "message.created", false), (["member.joined"], "member.left", false), ([], "member.left", false),
        (["channel.created", "member.left"], "member.left", true),
    ])
    func aFilterTakesWhatItNames(entries: [String], type: String, isTaken: Bool) {
        #expect(EventFilter.matches(entries, type) == isTaken)
    }
}
