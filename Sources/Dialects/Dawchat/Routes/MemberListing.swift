internal import Community
internal import HTTP
internal import JSON

/// The answer of `/api/channel/users`. The members of a large channel are read and sent a page at a time.
struct MemberListing: Sendable {
    private static let pageSize = Limits.memberPage.upperBound

    let community: Community
    let channel: ChannelID
    let reader: AccountID

    func response() async throws -> HTTPResponse {
        let first = try await community.members(of: channel, for: reader)
        guard first.count == Self.pageSize else { return .json(Wire.list("users", first) { Wire.member($0, to: &$1) }) }
        var response = HTTPResponse(
            body: .stream(length: nil) { writer in
                var page = first
                var beginning = "{\"users\":["
                while !page.isEmpty {
                    try await writer.write(Array(beginning.utf8) + Self.bytes(of: page))
                    beginning = ","
                    page = page.count == Self.pageSize ? try await following(page.last) : []
                }
                try await writer.write(Array("]}".utf8))
            })
        response.headers.add("Content-Type", "application/json")
        return response
    }

    /// Who is no member any more while the answer is being sent sees no more of the others.
    private func following(_ last: ChannelMember?) async throws -> [ChannelMember] {
        do {
            return try await community.members(of: channel, for: reader, after: last)
        } catch is CommunityError {
            return []
        }
    }

    /// The objects with commas between them, without the brackets.
    private static func bytes(of page: [ChannelMember]) -> [UInt8] {
        var bytes: [UInt8] = []
        for member in page {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes += Wire.object { Wire.member(member, to: &$0) }
        }
        return bytes
    }
}
