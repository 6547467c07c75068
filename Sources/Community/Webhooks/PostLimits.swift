internal import Primitives

/// The limits of what a webhook says (contracts/cosmos.md 9.2). Lengths count Unicode scalars.
public enum PostLimits {
    /// Of the text.
    public static let content = 2_000
    /// Of the name that is shown.
    public static let username = 80
    /// Cards of one message.
    public static let embeds = 10
    /// Of a card's title, and of the name of its author or of a field.
    public static let title = 256
    /// Of a card's text.
    public static let description = 4_096
    /// Fields of one card.
    public static let fields = 25
    /// Of the value of a field.
    public static let fieldValue = 1_024
    /// Of the line below a card.
    public static let footer = 2_048
    /// Of all texts of all cards together.
    public static let embedTexts = 6_000
    /// Of an address.
    public static let url = 2_048
}

extension String {
    /// The text with at most so many Unicode scalars; one that is cut ends in `…`.
    public func cut(to limit: Int) -> String {
        let scalars = unicodeScalars
        guard utf8.count > limit, let end = scalars.index(scalars.startIndex, offsetBy: limit + 1, limitedBy: scalars.endIndex) else {
            return self
        }
        guard limit > 0 else { return "" }
        return String(scalars[..<scalars.index(end, offsetBy: -2)]) + "…"
    }
}

extension MessageEmbed {
    /// The card with all its parts within their limits: for forms that know no such limits. What is no web address is left out.
    public func fitted() -> MessageEmbed {
        func address(_ text: String?) -> String? { text.flatMap { WebAddress.isGood($0) ? $0 : nil } }
        var embed = self
        embed.title = title?.cut(to: PostLimits.title)
        embed.description = description?.cut(to: PostLimits.description)
        embed.url = address(url)
        embed.color = color.flatMap { (0...0xFF_FFFF).contains($0) ? $0 : nil }
        embed.imageURL = address(imageURL)
        embed.thumbnailURL = address(thumbnailURL)
        embed.author = author.map {
            Author(name: $0.name.cut(to: PostLimits.title), url: address($0.url), iconURL: address($0.iconURL))
        }
        embed.footer = footer.map { Footer(text: $0.text.cut(to: PostLimits.footer), iconURL: address($0.iconURL)) }
        embed.fields = fields.prefix(PostLimits.fields).map {
            Field(name: $0.name.cut(to: PostLimits.title), value: $0.value.cut(to: PostLimits.fieldValue), isInline: $0.isInline)
        }
        return embed
    }
}

extension WebhookPost {
    /// The post with all its parts within their limits: cards that are too many are left out, what is left of the last one is its title.
    public func fitted() -> WebhookPost {
        var post = self
        post.content = content.cut(to: PostLimits.content)
        post.username = username.flatMap { name in
            let name = String(name.unicodeScalars.filter { !String($0).hasControlCharacters }).trimmed
            return name.isEmpty ? nil : name.cut(to: PostLimits.username)
        }
        post.avatarURL = avatarURL.flatMap { WebAddress.isGood($0, secureOnly: true) ? $0 : nil }
        var room = PostLimits.embedTexts
        post.embeds = []
        for embed in embeds.lazy.map({ $0.fitted() }) where !embed.isEmpty && post.embeds.count < PostLimits.embeds {
            var embed = embed
            if embed.length > room {
                // The text is the longest part nearly always; what is still too long then is left out.
                let rest = embed.length - (embed.description?.unicodeScalars.count ?? 0)
                embed.description = rest < room ? embed.description?.cut(to: room - rest) : nil
                if embed.length > room { embed.fields = [] }
                if embed.length > room { continue }
            }
            room -= embed.length
            post.embeds.append(embed)
        }
        return post
    }
}
