internal import Community
internal import JSON

@testable import Cosmos
@testable import HTTP

/// What strangers post to webhooks: forms are the same however they are cut, and whatever becomes a message is within its limits.
enum InboundHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let input = FuzzInput(bytes)
        switch input.choices[0] % 4 {
        case 0: try form(input)
        case 1: try posts(input.content)
        case 2: try text(String(decoding: input.content, as: UTF8.self))
        default: try payload(input.content)
        }
    }

    private struct Outcome: Equatable {
        var entries: [MultipartForm.Entry] = []
        var error: MultipartError?
    }

    private static func form(_ input: FuzzInput) throws(Finding) {
        let outcomes = input.cuts.map { outcome($0) }
        for outcome in outcomes.dropFirst() { try require(outcome == outcomes[0], "a form is another one when it comes in other pieces") }
        guard let first = outcomes.first, first.error == nil else { return }
        try require((1...8).contains(first.entries.count), "a form has \(first.entries.count) parts")
        let size = first.entries.reduce(0) { $0 + $1.content.count }
        try require(size <= input.content.count, "the parts of a form are larger than the form")
    }

    private static func outcome(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
        var outcome = Outcome()
        do throws(MultipartError) {
            var parser = try MultipartParser(boundary: "B", limits: MultipartLimits(parts: 8, headerBytes: 256, headerFields: 4))
            for piece in pieces {
                var rest = piece
                while let event = try parser.next(in: &rest) {
                    switch event {
                    case .part(let part): outcome.entries.append(MultipartForm.Entry(part: part, content: []))
                    case .content(let content): outcome.entries[outcome.entries.count - 1].content += content
                    case .partEnd: break
                    }
                }
            }
            try parser.finish()
        } catch {
            outcome.error = error
        }
        return outcome
    }

    private static func posts(_ bytes: [UInt8]) throws(Finding) {
        guard let json = try? JSONValue.parse(bytes).object() else { return }
        if let post = try? DiscordPost.read(json) {
            try require(post.text.unicodeScalars.count <= PostLimits.content, "the text of a post is too long")
        }
        var posts = (try? MattermostPost(json: json).posts()) ?? []
        if let post = try? SlackPost(json: json, style: .slack).post() { posts.append(post.fitted()) }
        let names = ["push", "issues", "pull_request", "release", "workflow_run", "issue_comment", "fork", "discussion"]
        posts += names.compactMap { GitHubEvent(name: $0, json: json, showsAllChecks: true).post }
        for post in posts {
            try require(post.content.unicodeScalars.count <= PostLimits.content, "a text is too long")
            try require(post.embeds.count <= PostLimits.embeds, "too many cards")
            try require(post.username.map { (1...PostLimits.username).contains($0.unicodeScalars.count) } ?? true, "a name is too long")
            for embed in post.embeds {
                try require(embed == embed.fitted() && !embed.isEmpty, "a card is not within its limits")
            }
            let neutral = post.neutralized(allowsEveryone: false)
            let texts = [neutral.content.lowercased(), neutral.embeds.compactMap(\.description).joined().lowercased()]
            try require(!texts.contains { $0.contains("@everyone") || $0.contains("@here") }, "a text calls everybody")
        }
    }

    private static func text(_ text: String) throws(Finding) {
        for style in [SlackText.Style.slack, .markdown] {
            let markdown = SlackText.markdown(text, style, members: ["U1"])
            try require(markdown.utf8.count <= text.utf8.count * 2 + 16, "a text grows")
        }
        try require(SlackText.identifiers(in: text).count <= 100, "too many people are looked for")
        let pieces = MattermostPost.split(text, limit: 10)
        try require((1...5).contains(pieces.count) && pieces.allSatisfy { $0.unicodeScalars.count <= 10 }, "a text is split wrongly")
    }

    private static func payload(_ bytes: [UInt8]) throws(Finding) {
        for type in [nil, "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"] {
            guard let payload = try? InboundPayload(bytes, contentType: type) else { continue }
            try require(payload.body == bytes && payload.json.count <= bytes.count, "a payload is more than its body")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let type = MediaType(text) { try require(type.name == type.name.lowercased(), "a media type is not in lower case") }
    }
}
