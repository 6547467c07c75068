internal import Primitives

extension WebhookPost {
    /// The post as a text that every client can show: what it says, then its cards in Markdown; cut at 2000 Unicode scalars.
    public var text: String {
        let parts = [content.isBlank ? "" : content] + embeds.map(\.markdown)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n").cut(to: PostLimits.content)
    }

    /// The post with `@everyone` and `@here` made harmless wherever they stand, unless the webhook may call everybody and the post wants to.
    ///
    /// - Parameter allowsEveryone: whether the webhook has MENTION_EVERYONE.
    public func neutralized(allowsEveryone: Bool) -> WebhookPost {
        guard !(allowsEveryone && mentions.everyone) else { return self }
        var post = mappingTexts(\.withoutCallsToEveryone)
        post.mentions.everyone = false
        return post
    }

    /// A post that is kept, as it was sent: what `neutralized` has added does not count when it is changed.
    func asSent() -> WebhookPost { mappingTexts(\.withCallsToEveryone) }

    private func mappingTexts(_ map: (String) -> String) -> WebhookPost {
        var post = self
        post.content = map(content)
        post.embeds = embeds.map { embed in
            var embed = embed
            embed.title = embed.title.map(map)
            embed.description = embed.description.map(map)
            embed.author = embed.author.map { MessageEmbed.Author(name: map($0.name), url: $0.url, iconURL: $0.iconURL) }
            embed.footer = embed.footer.map { MessageEmbed.Footer(text: map($0.text), iconURL: $0.iconURL) }
            embed.fields = embed.fields.map { MessageEmbed.Field(name: map($0.name), value: map($0.value), isInline: $0.isInline) }
            return embed
        }
        return post
    }
}

extension String {
    /// The text with a zero-width space behind the `@` of `@everyone` and `@here`: it reads the same and calls nobody.
    var withoutCallsToEveryone: String {
        guard utf8.contains(UInt8(ascii: "@")) else { return self }
        var result: [UInt8] = []
        let bytes = Array(utf8)
        for (index, byte) in bytes.enumerated() {
            result.append(byte)
            guard byte == UInt8(ascii: "@") else { continue }
            let rest = bytes[(index + 1)...]
            if ["everyone", "here"].contains(where: { rest.prefix($0.utf8.count).elementsEqual($0.utf8) { $0 | 0x20 == $1 } }) {
                result += [0xE2, 0x80, 0x8B]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text without what `withoutCallsToEveryone` adds.
    fileprivate var withCallsToEveryone: String {
        let scalars = Array(unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isAdded = scalar == "\u{200B}" && index > 0 && scalars[index - 1] == "@"
            if !isAdded { result.append(scalar) }
        }
        return String(result)
    }

    /// The text where it stands in the brackets of a link.
    fileprivate var asLinkLabel: String {
        var result = ""
        for scalar in unicodeScalars {
            if scalar == "[" || scalar == "]" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar == "\n" ? " " : scalar)
        }
        return result
    }
}

extension MessageEmbed {
    /// The card in Markdown, one part below the other.
    var markdown: String {
        var lines: [String] = []
        if let author { lines.append(Self.link(author.name, to: author.url)) }
        if let title { lines.append("**\(Self.link(title, to: url))**") } else if let url { lines.append(url) }
        if let description { lines.append(description) }
        lines += fields.map { "**\($0.name)**\($0.value.contains("\n") ? "\n" : ": ")\($0.value)" }
        if let imageURL { lines.append(imageURL) }
        if let footer { lines.append("_\(footer.text)_") }
        return lines.filter { !$0.isBlank }.joined(separator: "\n")
    }

    /// A closing parenthesis would end the address early.
    private static func link(_ text: String, to url: String?) -> String {
        guard let url else { return text }
        return "[\(text.asLinkLabel)](\(url.split(separator: ")", omittingEmptySubsequences: false).joined(separator: "%29")))"
    }
}
