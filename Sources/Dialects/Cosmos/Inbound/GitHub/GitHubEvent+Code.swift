internal import Community
internal import JSON

/// Commits, branches, releases and checks.
extension GitHubEvent {
    /// Commits that are listed.
    private static let commitLimit = 10
    private static let commitLineLimit = 72

    func push(_ repository: String) -> Card? {
        let prefix = "refs/heads/"
        guard let reference = json.text("ref"), reference.hasPrefix(prefix), !json.flag("deleted"),
            let commits = json.optional("commits").flatMap({ try? $0.array() }), !commits.isEmpty
        else { return nil }
        let branch = "\(repository):\(reference.dropFirst(prefix.count))"
        let listed = json.objects("commits", atMost: Self.commitLimit)
        let count = commits.count == 1 ? "1 commit" : "\(commits.count) commits"
        return Card(
            title: json.flag("forced") ? "\(branch) force-pushed" : "\(branch) - \(count)",
            url: commits.count == 1 ? listed.first?.text("url") : json.text("compare"),
            commits: Self.lines(listed, of: commits.count))
    }

    /// As many whole lines as there is room for: a link that is cut would be none.
    private static func lines(_ commits: [JSONObject], of count: Int) -> String {
        var lines: [String] = []
        var room = PostLimits.description - 2
        for commit in commits {
            let line = line(commit)
            room -= line.unicodeScalars.count + 1
            guard room >= 0 else { break }
            lines.append(line)
        }
        if lines.count < count { lines.append("…") }
        return lines.joined(separator: "\n")
    }

    private static func line(_ commit: JSONObject) -> String {
        let id = short(commit.text("id"))
        let link = commit.text("url").map { "[`\(id)`](\($0))" } ?? "`\(id)`"
        let message = commit.text("message")?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let author = commit.object("author").flatMap { $0.text("username") ?? $0.text("name") }
        return "\(link) \(message.cut(to: commitLineLimit))" + (author.map { " - \($0)" } ?? "")
    }

    func reference(_ repository: String) -> Card? {
        let kind = json.text("ref_type") ?? "ref"
        let reference = json.text("ref").map { " \($0)" } ?? ""
        let isNew = name == "create"
        return Card(
            title: "\(repository): \(kind)\(reference) \(isNew ? "created" : "deleted")", url: repositoryURL,
            color: isNew ? .green : .red)
    }

    func release(_ repository: String) -> Card? {
        guard action == "published", let release = json.object("release") else { return nil }
        return Card(
            title: "\(repository): release \(release.text("name") ?? release.text("tag_name") ?? "")", url: release.text("html_url"),
            description: release.text("body"), color: .green)
    }

    /// Checks that succeed are no news, unless they are asked for.
    func check(_ repository: String) -> Card? {
        guard action == "completed", let check = json.object(name), let conclusion = check.text("conclusion"),
            showsAllChecks || conclusion != "success"
        else { return nil }
        let title = check.text("name") ?? check.object("app")?.text("name") ?? "checks"
        let branch = check.text("head_branch") ?? check.object("check_suite")?.text("head_branch")
        let url = check.text("html_url") ?? repositoryURL
        let color: Color =
            switch conclusion {
            case "success": .green
            case "failure", "timed_out", "startup_failure", "action_required": .red
            default: .grey
            }
        return Card(
            title: "\(repository): \(title) \(conclusion)" + (branch.map { " on \($0)" } ?? ""), url: url, color: color)
    }
}
