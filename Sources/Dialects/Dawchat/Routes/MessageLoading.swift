internal import Community
internal import HTTP
internal import JSON

/// A page that will be sent, and the channel it belongs to.
struct LoadedPage: Sendable {
    var entry: LoadEntry
    var channel: Channel
}

/// The answer of `/api/channel/messages`. Fifty pages of long messages would be many megabytes: each is read when the one before has been sent.
struct MessageLoading: Sendable {
    /// Answers up to this size are sent at once, with their length.
    private static let wholeLimit = 256 * 1_024

    let community: Community
    let reader: AccountID
    let pages: [LoadedPage]
    /// Whether the pages come as a list rather than by the ids of their channels (contracts/dawchat.md 3.7).
    let isList: Bool

    func response() async throws -> HTTPResponse {
        var bytes = Array((isList ? "{\"results\":[" : "{\"results\":{").utf8)
        for (index, page) in pages.enumerated() {
            bytes += try await self.bytes(of: page, isFirst: index == 0)
            guard bytes.count <= Self.wholeLimit else { return streamed(bytes, from: index + 1) }
        }
        bytes += end
        return .json(bytes)
    }

    private var end: [UInt8] { Array((isList ? "]}" : "}}").utf8) }

    private func streamed(_ beginning: [UInt8], from index: Int) -> HTTPResponse {
        var response = HTTPResponse(
            body: .stream(length: nil) { writer in
                try await writer.write(beginning)
                for page in pages[index...] { try await writer.write(try await laterBytes(of: page)) }
                try await writer.write(end)
            })
        response.headers.add("Content-Type", "application/json")
        return response
    }

    /// Who has lost a channel while the answer is being sent sees nothing more of it.
    private func laterBytes(of page: LoadedPage) async throws -> [UInt8] {
        do {
            return try await bytes(of: page, isFirst: false)
        } catch is CommunityError {
            return bytes(of: page, [], isFirst: false)
        }
    }

    private func bytes(of page: LoadedPage, isFirst: Bool) async throws -> [UInt8] {
        let entry = page.entry
        let messages = try await community.history(
            ofHomeChannel: entry.channel, for: reader, before: entry.before, limit: entry.count, kinds: entry.kinds)
        return bytes(of: page, messages, isFirst: isFirst)
    }

    private func bytes(of page: LoadedPage, _ messages: [Message], isFirst: Bool) -> [UInt8] {
        let object = Wire.object(capacity: 128 + messages.count * 192) { json in
            Wire.name(of: page.channel, to: &json)
            json.key("channelMessages")
            json.array { json in
                for message in messages {
                    json.object { Wire.message(message, to: &$0) }
                }
            }
        }
        let name = isList ? "" : "\"\(page.channel.id.rawValue)\":"
        return Array(((isFirst ? "" : ",") + name).utf8) + object
    }
}
