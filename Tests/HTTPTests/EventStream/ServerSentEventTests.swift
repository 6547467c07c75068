import HTTP
import Testing

/// WHATWG HTML, "Server-sent events"; contracts/dawchat.md 4 for the order.
struct ServerSentEventTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        arguments: [
            (id: 7, data: "{\"a\":1}", expected: "id:7\nevent:channel-message\ndata:{\"a\":1}\n\n"),
            (id: .min, data: "", expected: "id:-9223372036854775808\nevent:channel-message\ndata:\n\n"),
            (id: nil, data: "\"é\"", expected: "event:channel-message\ndata:\"é\"\n\n"),
        ] as [(Int64?, String, String)])
    func anEventIsItsFieldsInOrderAndABlankLine(_ row: (id: Int64?, data: String, expected: String)) {
        #expect(Self.text(ServerSentEvent.bytes(id: row.id, event: "channel-message", data: Array(row.data.utf8))) == row.expected)
    }

    @Test func aCommentIsALineThatBeginsWithAColon() {
        #expect(Self.text(ServerSentEvent.comment("roost")) == ":roost\n\n")
        #expect(Self.text(ServerSentEvent.comment("")) == ":\n\n")
    }
}
