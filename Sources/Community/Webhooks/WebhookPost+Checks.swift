internal import Primitives

extension WebhookPost {
    /// - Throws: `CommunityError.emptyMessage` when there is nothing to see, `.invalid` with everything that breaks a limit; the names of fields are
    ///   paths such as `embeds/0/title`.
    func check() throws(CommunityError) {
        if content.isBlank, embeds.allSatisfy(\.isEmpty) { throw .emptyMessage }
        var checks = FieldChecks()
        checks.text(content, in: 0...PostLimits.content, "content")
        checks.line(username, in: 1...PostLimits.username, "username")
        checks.address(avatarURL, "avatar_url", secureOnly: true)
        if embeds.count > PostLimits.embeds {
            checks.refuse("embeds", code: "BASE_TYPE_BAD_LENGTH", "There are at most \(PostLimits.embeds) embeds.")
        }
        for (index, embed) in embeds.prefix(PostLimits.embeds).enumerated() { checks.embed(embed, "embeds/\(index)") }
        if embeds.reduce(0, { $0 + $1.length }) > PostLimits.embedTexts {
            checks.refuse(
                "embeds", code: "BASE_TYPE_BAD_LENGTH", "All texts of the embeds together have at most \(PostLimits.embedTexts) characters."
            )
        }
        try checks.finish()
    }
}

extension FieldChecks {
    /// A web address.
    mutating func address(_ text: String?, _ name: String, secureOnly: Bool = false) {
        guard let text, !WebAddress.isGood(text, secureOnly: secureOnly) else { return }
        let scheme = secureOnly ? "an https" : "an http or https"
        refuse(name, code: "URL_TYPE_INVALID_URL", "Must be \(scheme) URL of at most \(PostLimits.url) characters.")
    }

    fileprivate mutating func embed(_ embed: MessageEmbed, _ path: String) {
        text(embed.title, in: 0...PostLimits.title, "\(path)/title")
        text(embed.description, in: 0...PostLimits.description, "\(path)/description")
        address(embed.url, "\(path)/url")
        number(embed.color, in: 0...0xFF_FFFF, "\(path)/color")
        address(embed.imageURL, "\(path)/image/url")
        address(embed.thumbnailURL, "\(path)/thumbnail/url")
        text(embed.author?.name, in: 0...PostLimits.title, "\(path)/author/name")
        address(embed.author?.url, "\(path)/author/url")
        address(embed.author?.iconURL, "\(path)/author/icon_url")
        text(embed.footer?.text, in: 0...PostLimits.footer, "\(path)/footer/text")
        address(embed.footer?.iconURL, "\(path)/footer/icon_url")
        if embed.fields.count > PostLimits.fields {
            refuse("\(path)/fields", code: "BASE_TYPE_BAD_LENGTH", "There are at most \(PostLimits.fields) fields.")
        }
        for (index, field) in embed.fields.prefix(PostLimits.fields).enumerated() {
            text(field.name, in: 0...PostLimits.title, "\(path)/fields/\(index)/name")
            text(field.value, in: 0...PostLimits.fieldValue, "\(path)/fields/\(index)/value")
        }
    }
}
