internal import Community
internal import JSON

/// A delivery of GitHub as a post (contracts/cosmos.md 9.6). Only members that are used are looked at, and each of them may be missing.
struct GitHubEvent {
    /// Characters of what somebody has written.
    private static let bodyLimit = 500
    /// What other characters of a name or title are cut at.
    private static let titleLimit = 200

    /// The value of X-GitHub-Event.
    let name: String
    let json: JSONObject
    /// Whether checks that succeed are shown, too.
    var showsAllChecks = false

    /// What stands on the card of an event, without who has caused it.
    struct Card {
        var title: String
        var url: String?
        /// What somebody has written; cut.
        var description: String?
        /// Lines that name commits; not cut.
        var commits: String?
        var color = Color.grey
    }

    /// The colours of contracts/cosmos.md 9.6.
    enum Color: Int {
        case green = 3_066_993
        case red = 15_158_332
        case purple = 10_181_046
        case grey = 9_807_270
    }

    /// The post; nil for what is not shown: other events and actions, pings, checks that succeed.
    var post: WebhookPost? {
        guard let repository, let card = card(in: repository) else { return nil }
        var embed = MessageEmbed(
            title: card.title, description: card.commits ?? card.description?.cut(to: Self.bodyLimit), url: card.url,
            color: card.color.rawValue)
        if let sender = json.object("sender"), let login = sender.text("login") {
            embed.author = MessageEmbed.Author(name: login, url: sender.text("html_url"), iconURL: sender.text("avatar_url"))
        }
        return WebhookPost(embeds: [embed]).fitted()
    }

    private func card(in repository: String) -> Card? {
        switch name {
        case "push": push(repository)
        case "create", "delete": reference(repository)
        case "issues": issue(repository)
        case "pull_request": pullRequest(repository)
        case "pull_request_review": review(repository)
        case "issue_comment", "pull_request_review_comment", "commit_comment", "discussion_comment": comment(repository)
        case "discussion": discussion(repository)
        case "release": release(repository)
        case "fork", "star", "watch", "public", "member": attention(repository)
        case "check_run", "check_suite", "workflow_run": check(repository)
        default: nil
        }
    }

    // MARK: What events share

    var repository: String? { json.object("repository")?.text("full_name") }
    var repositoryURL: String? { json.object("repository")?.text("html_url") }
    var action: String { json.text("action") ?? "" }

    /// `#7`, or nothing for an object without a number.
    static func number(_ object: JSONObject) -> String {
        object.number("number").map { "#\($0)" } ?? ""
    }

    static func title(_ object: JSONObject) -> String {
        (object.text("title") ?? "").cut(to: titleLimit)
    }

    /// The seven characters that people know a commit by.
    static func short(_ commit: String?) -> String {
        String((commit ?? "").prefix(7))
    }
}
