public import JSON
internal import Primitives

/// The form of Discord's messages [contracts/cosmos.md 9.2], which posts are kept in as well.
extension MessageEmbed {
    /// Reads a card. Empty texts count as none, members that are not known are not looked at.
    ///
    /// - Throws: `JSONError` with the place of a member of a wrong type.
    public init(reading json: JSONObject) throws(JSONError) {
        self.init(
            title: try json.filledText("title"), description: try json.filledText("description"), url: try json.filledText("url"),
            color: try json.optional("color").map { value throws(JSONError) in try Self.color(value) })
        if let value = json.optional("timestamp"), case let text = try value.string(), !text.isEmpty {
            guard let time = Self.time(text) else {
                throw .wrongType(pointer: value.pointer, expected: .string, found: .string)
            }
            timestamp = time
        }
        if let author = try json.optionalObject("author"), let name = try author.filledText("name") {
            self.author = Author(name: name, url: try author.filledText("url"), iconURL: try author.address("icon_url"))
        }
        if let footer = try json.optionalObject("footer"), let text = try footer.filledText("text") {
            self.footer = Footer(text: text, iconURL: try footer.address("icon_url"))
        }
        imageURL = try json.optionalObject("image")?.address("url")
        thumbnailURL = try json.optionalObject("thumbnail")?.address("url")
        for value in try json.optional("fields")?.array() ?? [] {
            let field = try value.object()
            fields.append(
                Field(
                    name: try field.required("name").looseText(), value: try field.required("value").looseText(),
                    isInline: try field.optional("inline")?.bool() ?? false))
        }
    }

    /// Writes the members of a card.
    public func write(to json: inout JSONWriter) {
        json.member("type", "rich")
        if let title { json.member("title", title) }
        if let description { json.member("description", description) }
        if let url { json.member("url", url) }
        if let timestamp { json.member("timestamp", timestamp.rfc3339Milliseconds) }
        if let color { json.member("color", color) }
        if let author {
            json.member(
                "author",
                object: { json in
                    json.member("name", author.name)
                    if let url = author.url { json.member("url", url) }
                    if let icon = author.iconURL { json.member("icon_url", icon) }
                })
        }
        if !fields.isEmpty {
            json.member(
                "fields",
                array: { json in
                    for field in fields {
                        json.object { json in
                            json.member("name", field.name)
                            json.member("value", field.value)
                            json.member("inline", field.isInline)
                        }
                    }
                })
        }
        if let imageURL { json.member("image", object: { $0.member("url", imageURL) }) }
        if let thumbnailURL { json.member("thumbnail", object: { $0.member("url", thumbnailURL) }) }
        if let footer {
            json.member(
                "footer",
                object: { json in
                    json.member("text", footer.text)
                    if let icon = footer.iconURL { json.member("icon_url", icon) }
                })
        }
    }

    /// A number, or one in decimal digits, which some senders write.
    /// A time as programs write it: also without a zone, which then is UTC, and with one that has no colon.
    private static func time(_ text: String) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") { return time }
        let zone = text.utf8.suffix(5)
        guard zone.count == 5, zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-") else { return nil }
        return Timestamp(rfc3339: "\(text.dropLast(2)):\(text.suffix(2))")
    }

    private static func color(_ value: JSONValue) throws(JSONError) -> Int {
        if let text = try? value.string(), let number = Int(text) { return number }
        if let number = try? value.double(), (0...0xFF_FFFF).contains(number), number == number.rounded() { return Int(number) }
        return Int(truncatingIfNeeded: try value.integer())
    }
}

extension WebhookPost {
    /// What is kept of a post beside the text that everybody can read: as it was sent, for those who can show it.
    var stored: String {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("content", content)
            json.member(
                "embeds",
                array: { json in
                    for embed in embeds { json.object { embed.write(to: &$0) } }
                })
            json.member("silent", isSilent)
            json.member("everyone", mentions.everyone)
            if case .only(let users) = mentions.users {
                json.member("users", array: { json in for user in users.sorted() { json.value(user) } })
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A post out of what is kept of it; nil when that is something else.
    init?(stored text: String) {
        guard let json = try? JSONValue.parse(Array(text.utf8)).object(), let content = try? json.required("content").string(),
            let embeds = try? json.required("embeds").array()
        else { return nil }
        self.init(
            content: content,
            embeds: embeds.compactMap { value in (try? value.object()).flatMap { try? MessageEmbed(reading: $0) } },
            isSilent: (try? json.optional("silent")?.bool()) ?? false)
        mentions.everyone = (try? json.optional("everyone")?.bool()) ?? false
        if let users = try? json.optional("users")?.array() { mentions.users = .only(Set(users.compactMap { try? $0.string() })) }
    }
}

extension JSONObject {
    /// A text; nil when it is absent, null or empty.
    fileprivate func filledText(_ name: String) throws(JSONError) -> String? {
        guard let value = optional(name) else { return nil }
        let text = try value.looseText()
        return text.isEmpty ? nil : text
    }

    /// The address of a picture; nil also for one that is attached to the message: files have no place here yet.
    fileprivate func address(_ name: String) throws(JSONError) -> String? {
        try filledText(name).flatMap { $0.hasPrefix("attachment://") ? nil : $0 }
    }

    fileprivate func optionalObject(_ name: String) throws(JSONError) -> JSONObject? {
        guard let value = optional(name) else { return nil }
        return try value.object()
    }
}

extension JSONValue {
    /// A text; numbers and truth values as they are written, which many senders leave without quotes.
    fileprivate func looseText() throws(JSONError) -> String {
        switch kind {
        case .integer: String(try integer())
        case .unsigned: String(try unsigned())
        case .double: String(try double())
        case .bool: String(try bool())
        case .string, .null, .array, .object: try string()
        }
    }
}
