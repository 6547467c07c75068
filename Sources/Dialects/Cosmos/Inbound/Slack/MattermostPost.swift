internal import Community
internal import JSON
internal import Primitives

/// Mattermost's form of a message of a webhook (contracts/cosmos.md 9.4): Slack's with Markdown in it, and texts of any length.
struct MattermostPost {
    /// Messages that one text becomes.
    static let messageLimit = 5

    let json: JSONObject
    var members: Set<String> = []

    var identifiers: Set<String> { SlackPost(json: json, style: .markdown).identifiers }

    /// The channel that the sender wants, without `#`; nil: the webhook's own.
    var channel: String? {
        json.text("channel").map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }
    }

    /// The messages, at least one; the cards are beside the last one.
    ///
    /// - Throws: `SlackRefusal.noText`.
    func posts() throws(SlackRefusal) -> [WebhookPost] {
        var post: WebhookPost
        let card = json.object("props")?.text("card")
        do throws(SlackRefusal) {
            post = try SlackPost(json: json, style: .markdown, members: members).post()
        } catch {
            guard error == .noText, card != nil else { throw error }
            post = WebhookPost(username: json.text("username"), avatarURL: json.text("icon_url"))
            post.mentions.everyone = true
        }
        if let card { post.embeds.append(MessageEmbed(description: card)) }
        post.isSilent = json.flag("silent")
        let texts = Self.split(post.content)
        var posts = texts.dropLast().map { text in
            var part = post
            (part.content, part.embeds) = (text, [])
            return part.fitted()
        }
        post.content = texts.last ?? ""
        posts.append(post.fitted())
        return posts
    }

    /// A text in pieces of at most 2000 Unicode scalars, cut at line breaks where there are some; what is more than five pieces ends in `…`.
    static func split(_ text: String, limit: Int = PostLimits.content, pieces count: Int = messageLimit) -> [String] {
        var pieces: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while rest.count > limit {
            guard pieces.count + 1 < count else {
                pieces.append(string(rest).cut(to: limit))
                return pieces
            }
            let head = rest.prefix(limit + 1)
            let end = head.lastIndex(of: "\n").flatMap { $0 > rest.startIndex ? $0 : nil }
            let piece = rest[..<(end ?? rest.index(rest.startIndex, offsetBy: limit))]
            // A piece of nothing but line breaks would be an empty message.
            if !string(piece).trimmed.isEmpty { pieces.append(string(piece)) }
            rest = end.map { rest[($0 + 1)...] } ?? rest[piece.endIndex...]
        }
        let last = string(rest)
        if pieces.isEmpty || !last.trimmed.isEmpty { pieces.append(last) }
        return pieces
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}
