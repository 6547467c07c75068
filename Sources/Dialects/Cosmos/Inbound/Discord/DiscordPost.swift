internal import Community
internal import JSON
internal import Primitives

/// Discord's form of a message of a webhook (contracts/cosmos.md 9.2).
enum DiscordPost {
    /// `SUPPRESS_NOTIFICATIONS` of the flags of a message.
    static let silentFlag: Int64 = 1 << 12
    /// Users and roles that `allowed_mentions` names.
    private static let mentionLimit = 100

    /// Reads what a sender wants to say. Lengths are checked by the community.
    ///
    /// - Throws: `Problem` 4400 for a member of a wrong type; 4202 for attachments, which need ATTACH_FILES.
    static func read(_ json: JSONObject) throws(Problem) -> WebhookPost {
        // Files have no place here yet: no webhook can be given the right to attach them.
        if let value = json.optional("attachments"), let attachments = try? value.array(), !attachments.isEmpty { throw .filesRefused }
        do throws(JSONError) {
            var post = WebhookPost(
                content: try json.optional("content").map { value throws(JSONError) in try value.string() } ?? "",
                username: try json.optional("username").map { value throws(JSONError) in try value.string().trimmed },
                avatarURL: try text("avatar_url", of: json),
                embeds: try embeds(json))
            post.mentions = try mentions(json)
            if let value = json.optional("flags") { post.isSilent = try value.integer() & silentFlag != 0 }
            return post
        } catch {
            throw Problem(reading: error)
        }
    }

    /// What a sender wants to change about a message: only what is named. Null takes away.
    ///
    /// - Throws: `Problem` 4400.
    static func change(_ post: WebhookPost, _ json: JSONObject) throws(Problem) -> WebhookPost {
        let wanted = try read(json)
        var post = post
        if json.contains("content") { post.content = wanted.content }
        if json.contains("embeds") { post.embeds = wanted.embeds }
        post.mentions = json.contains("allowed_mentions") ? wanted.mentions : MentionRules()
        return post
    }

    private static func text(_ name: String, of json: JSONObject) throws(JSONError) -> String? {
        guard let text = try json.optional(name)?.string() else { return nil }
        return text.isEmpty ? nil : text
    }

    /// Those that show something.
    private static func embeds(_ json: JSONObject) throws(JSONError) -> [MessageEmbed] {
        var embeds: [MessageEmbed] = []
        for value in try json.optional("embeds")?.array() ?? [] {
            let embed = try MessageEmbed(reading: try value.object())
            if !embed.isEmpty || embed.url != nil { embeds.append(embed) }
        }
        return embeds
    }

    private static func mentions(_ json: JSONObject) throws(JSONError) -> MentionRules {
        guard let rules = try json.optional("allowed_mentions")?.object() else { return MentionRules() }
        let kinds = try texts("parse", of: rules, among: ["users", "roles", "everyone"])
        let users = try texts("users", of: rules)
        _ = try texts("roles", of: rules)
        return MentionRules(users: kinds.contains("users") ? .all : .only(Set(users)), everyone: kinds.contains("everyone"))
    }

    private static func texts(_ name: String, of json: JSONObject, among allowed: Set<String>? = nil) throws(JSONError) -> [String] {
        guard let value = json.optional(name) else { return [] }
        let values = try value.array()
        guard values.count <= mentionLimit else { throw .outOfRange(pointer: value.pointer) }
        var texts: [String] = []
        for value in values {
            let text = try value.string()
            if let allowed, !allowed.contains(text) { throw .outOfRange(pointer: value.pointer) }
            texts.append(text)
        }
        return texts
    }
}

extension Problem {
    /// Files of a webhook.
    static let filesRefused: Problem = {
        var problem = Problem(.missingPermission, "This needs ATTACH_FILES.")
        problem.missing = Permissions.attachFiles.rawValue
        return problem
    }()

    /// A member of a payload that is not what it has to be.
    init(reading error: JSONError) {
        switch error {
        case .missing(let pointer): self = .invalid(pointer, "Is missing.")
        case .wrongType(let pointer, .string, .string): self = .invalid(pointer, "Must be a time as RFC 3339 writes it.")
        case .wrongType(let pointer, let expected, let found):
            self = .invalid(pointer, "Must be \(expected.rawValue), not \(found.rawValue).")
        case .outOfRange(let pointer): self = .invalid(pointer, "Is none of the values that may stand here, or too many of them.")
        case .malformed, .tooLarge, .tooDeep, .duplicateName: self.init(for: error)
        }
    }
}
