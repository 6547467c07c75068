internal import Community
internal import JSON
internal import Primitives

/// Why a payload in Slack's form is refused, in Slack's words.
enum SlackRefusal: String, Error {
    case invalidPayload = "invalid_payload"
    case noText = "no_text"
    case actionProhibited = "action_prohibited"
    case channelNotFound = "channel_not_found"
    case channelIsArchived = "channel_is_archived"
    case rollupError = "rollup_error"
}

/// Slack's form of a message of a webhook (contracts/cosmos.md 9.3).
struct SlackPost {
    /// Attachments that are shown.
    private static let attachmentLimit = 10
    private static let blockLimit = 50

    let json: JSONObject
    let style: SlackText.Style
    /// Those of the ids in the texts that are members.
    var members: Set<String> = []

    /// The post with its texts in Markdown and everything within its limits; the text itself is left as long as it is.
    ///
    /// - Throws: `SlackRefusal.noText` when nothing is said, `.invalidPayload` for a text that is none.
    func post() throws(SlackRefusal) -> WebhookPost {
        let attachments = json.objects("attachments", atMost: Self.attachmentLimit)
        var parts = attachments.compactMap { $0.text("pretext") }.map { markdown($0) }
        let blocks = flattened(json.objects("blocks", atMost: Self.blockLimit))
        // Beside blocks the text is for notifications only.
        if let text = json.optional("text"), text.kind != .string { throw .invalidPayload }
        if !blocks.isEmpty { parts.append(blocks) } else if let text = json.text("text") { parts.append(markdown(text)) }
        var post = WebhookPost(
            content: parts.filter { !$0.trimmed.isEmpty }.joined(separator: "\n"), username: json.text("username"),
            avatarURL: json.text("icon_url"), embeds: attachments.map { embed($0) }.filter { !$0.isEmpty })
        // The text calls everybody or does not; whether the webhook may is known where it is posted.
        post.mentions.everyone = true
        guard !post.content.isEmpty || !post.embeds.isEmpty else { throw .noText }
        let content = post.content
        post = post.fitted()
        post.content = content
        return post
    }

    /// The ids in all texts that may mean people.
    var identifiers: Set<String> {
        let attachments = json.objects("attachments", atMost: Self.attachmentLimit)
        let texts =
            [json.text("text")] + attachments.flatMap { [$0.text("pretext"), $0.text("text")] }
            + json.objects("blocks", atMost: Self.blockLimit).map { $0.object("text")?.text("text") }
        return texts.compactMap { $0 }.reduce(into: []) { $0.formUnion(SlackText.identifiers(in: $1)) }
    }

    private func markdown(_ text: String) -> String {
        SlackText.markdown(text, style, members: members)
    }

    private func plain(_ text: String?) -> String? {
        text.map { style == .slack ? SlackText.decoded($0) : $0 }
    }

    // MARK: Attachments

    private func embed(_ json: JSONObject) -> MessageEmbed {
        var embed = MessageEmbed(
            title: plain(json.text("title")), description: json.text("text").map { markdown($0) }, url: json.text("title_link"),
            timestamp: timestamp(json), color: json.text("color").flatMap { Self.color($0) }, imageURL: json.text("image_url"),
            thumbnailURL: json.text("thumb_url"))
        embed.author = plain(json.text("author_name")).map {
            MessageEmbed.Author(name: $0, url: json.text("author_link"), iconURL: json.text("author_icon"))
        }
        embed.footer = plain(json.text("footer")).map { MessageEmbed.Footer(text: $0, iconURL: json.text("footer_icon")) }
        embed.fields = json.objects("fields", atMost: PostLimits.fields).compactMap { field in
            let (name, value) = (plain(field.looseText("title")), field.looseText("value").map { markdown($0) })
            guard name != nil || value != nil else { return nil }
            return MessageEmbed.Field(name: name ?? "", value: value ?? "", isInline: field.flag("short"))
        }
        let blocks = flattened(json.objects("blocks", atMost: Self.blockLimit))
        if !blocks.isEmpty { embed.description = [embed.description, blocks].compactMap { $0 }.joined(separator: "\n") }
        if embed.isEmpty, json.text("pretext") == nil { embed.description = plain(json.text("fallback")) }
        return embed
    }

    /// Seconds since 1970, which senders write as a number or as text.
    private func timestamp(_ json: JSONObject) -> Timestamp? {
        guard let value = json.optional("ts") else { return nil }
        let seconds = (try? value.double()) ?? (try? value.string()).flatMap { Double($0) }
        guard let seconds, (0..<253_402_300_800).contains(seconds) else { return nil }
        return Timestamp(microseconds: Int64(seconds * 1_000_000))
    }

    private static func color(_ text: String) -> Int? {
        switch text {
        case "good": return 0x2E_B886
        case "warning": return 0xDA_A038
        case "danger": return 0xA3_0200
        default:
            let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
            guard digits.utf8.count == 6, digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            return Int(digits, radix: 16)
        }
    }

    // MARK: Blocks

    /// What can be read of blocks, one below the other; what is no text or picture is left out.
    private func flattened(_ blocks: [JSONObject]) -> String {
        blocks.compactMap { block -> String? in
            switch block.text("type") {
            case "section":
                let texts = [block.object("text")] + block.objects("fields", atMost: PostLimits.fields)
                return joined(texts.compactMap { $0.flatMap { text($0) } }, "\n")
            case "header": return block.object("text").flatMap { text($0) }.map { "**\($0)**" }
            case "context": return joined(block.objects("elements", atMost: 10).compactMap { text($0) }, " ")
            case "divider": return "---"
            case "image":
                let title = block.object("title").flatMap { text($0) } ?? plain(block.text("alt_text"))
                return joined([title, block.text("image_url")].compactMap { $0 }, "\n")
            default: return nil
            }
        }.joined(separator: "\n")
    }

    private func text(_ json: JSONObject) -> String? {
        guard let text = json.text("text") else { return nil }
        switch json.text("type") {
        case "mrkdwn": return SlackText.markdown(text, .slack, members: members)
        case "plain_text": return SlackText.decoded(text)
        default: return nil
        }
    }

    private func joined(_ parts: [String], _ separator: String) -> String? {
        parts.isEmpty ? nil : parts.joined(separator: separator)
    }
}
