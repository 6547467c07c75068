internal import JSON

/// Issues, pull requests, discussions, comments, and people.
extension GitHubEvent {
    func issue(_ repository: String) -> Card? {
        guard ["opened", "closed", "reopened"].contains(action), let issue = json.object("issue") else { return nil }
        return Card(
            title: "\(repository): issue \(Self.number(issue)) \(action): \(Self.title(issue))", url: issue.text("html_url"),
            description: action == "opened" ? issue.text("body") : nil, color: action == "closed" ? .red : .green)
    }

    func pullRequest(_ repository: String) -> Card? {
        guard ["opened", "closed", "reopened", "ready_for_review"].contains(action), let request = json.object("pull_request") else {
            return nil
        }
        let isMerged = action == "closed" && request.flag("merged")
        let word = isMerged ? "merged" : action == "ready_for_review" ? "ready for review" : action
        return Card(
            title: "\(repository): PR \(Self.number(request)) \(word): \(Self.title(request))", url: request.text("html_url"),
            description: action == "opened" ? request.text("body") : nil,
            color: isMerged ? .purple : action == "closed" ? .red : action == "ready_for_review" ? .grey : .green)
    }

    func review(_ repository: String) -> Card? {
        guard action == "submitted", let review = json.object("review") else { return nil }
        let state = review.text("state") ?? "submitted"
        let request = json.object("pull_request")
        return Card(
            title: "\(repository): review \(state) on PR \(request.map { Self.number($0) } ?? "")", url: review.text("html_url"),
            description: review.text("body"))
    }

    func comment(_ repository: String) -> Card? {
        guard action == "created", let comment = json.object("comment") else { return nil }
        let about: String
        if let issue = json.object("issue") {
            about = "\(Self.number(issue)) \(Self.title(issue))"
        } else if let request = json.object("pull_request") {
            about = "PR \(Self.number(request)) \(Self.title(request))"
        } else if let discussion = json.object("discussion") {
            about = "discussion \(Self.number(discussion)) \(Self.title(discussion))"
        } else {
            about = "commit \(Self.short(comment.text("commit_id")))"
        }
        return Card(
            title: "\(repository): comment on \(about)", url: comment.text("html_url"), description: comment.text("body"), color: .green)
    }

    func discussion(_ repository: String) -> Card? {
        guard ["created", "answered"].contains(action), let discussion = json.object("discussion") else { return nil }
        return Card(
            title: "\(repository): discussion \(Self.number(discussion)) \(action): \(Self.title(discussion))",
            url: discussion.text("html_url"), description: action == "created" ? discussion.text("body") : nil,
            color: action == "created" ? .green : .grey)
    }

    func attention(_ repository: String) -> Card? {
        let login = json.object("sender")?.text("login") ?? "somebody"
        switch (name, action) {
        case ("fork", _):
            let fork = json.object("forkee")
            return Card(
                title: "\(repository): forked to \(fork?.text("full_name") ?? login)", url: fork?.text("html_url") ?? repositoryURL)
        case ("star", "created"), ("watch", "started"):
            return Card(title: "\(repository): starred by \(login)", url: repositoryURL)
        case ("public", _): return Card(title: "\(repository): now public", url: repositoryURL)
        case ("member", "added"):
            let member = json.object("member")
            return Card(
                title: "\(repository): \(member?.text("login") ?? "somebody") added as a member",
                url: member?.text("html_url") ?? repositoryURL)
        default: return nil
        }
    }
}
