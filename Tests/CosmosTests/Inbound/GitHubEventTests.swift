import Community
import JSON
import Testing

@testable import Cosmos

struct GitHubEventTests {
    private static let repository = "rookery/nest-server"

    struct Case: Sendable, CustomTestStringConvertible {
        var event: String
        var fixture: String
        /// Behind the name of the repository.
        var title: String
        var color: Int
        var url: String
        var testDescription: String { fixture }

        init(_ event: String, _ fixture: String, _ title: String, _ color: GitHubEvent.Color, _ url: String) {
            self.event = event
            self.fixture = "github_\(fixture)"
            self.title = title
            self.color = color.rawValue
            self.url = url
        }
    }

    private static let cases = [
        Case("push", "push", ":main - 2 commits", .grey, "/compare/"),
        Case("push", "push_forced", ":main force-pushed", .grey, "/commit/7a8f3ac"),
        Case("create", "create_branch", ": tag simple-tag created", .green, "nest-server"),
        Case("delete", "delete_branch", ": branch old-nest deleted", .red, "nest-server"),
        Case("issues", "issues_opened", ": issue #1 opened: Spelling error in the README file", .green, "/issues/1"),
        Case("issues", "issues_closed", ": issue #1 closed: Spelling error in the README file", .red, "/issues/1"),
        Case("issue_comment", "issue_comment", ": comment on #1 Spelling error in the README file", .green, "#issuecomment-492700400"),
        Case("pull_request", "pull_request_opened", ": PR #2 opened: Update the README with new information.", .green, "/pull/2"),
        Case("pull_request", "pull_request_merged", ": PR #2 merged: Update the README with new information.", .purple, "/pull/2"),
        Case("pull_request", "pull_request_closed", ": PR #2 closed: Update the README with new information.", .red, "/pull/2"),
        Case("pull_request_review", "pull_request_review", ": review approved on PR #2", .grey, "#pullrequestreview-237895671"),
        Case(
            "pull_request_review_comment", "pull_request_review_comment", ": comment on PR #2 Update the README with new information.",
            .green,
            "#discussion_r284312630"),
        Case("commit_comment", "commit_comment", ": comment on commit 7a8f3ac", .green, "#commitcomment-33548674"),
        Case("discussion", "discussion_created", ": discussion #90 created: Welcome to discussions!", .green, "/discussions/90"),
        Case("discussion", "discussion_answered", ": discussion #90 answered: Welcome to discussions!", .grey, "/discussions/90"),
        Case(
            "discussion_comment", "discussion_comment", ": comment on discussion #90 Welcome to discussions!", .green,
            "#discussioncomment-544078"),
        Case("release", "release_published", ": release First flight", .green, "/releases/tag/0.0.1"),
        Case("fork", "fork", ": forked to owl-reviews/nest-server", .grey, "owl-reviews/nest-server"),
        Case("star", "star", ": starred by owl-reviews", .grey, "nest-server"),
        Case("watch", "watch", ": starred by owl-reviews", .grey, "nest-server"),
        Case("public", "public", ": now public", .grey, "nest-server"),
        Case("member", "member_added", ": owl-reviews added as a member", .grey, "github.com/owl-reviews"),
        Case("workflow_run", "workflow_run_failure", ": Build failure on main", .red, "/actions/runs/30433642"),
        Case("check_run", "check_run_failure", ": Unit tests timed_out on changes", .red, "/runs/128620228"),
    ]

    /// contracts/cosmos.md 9.6: title, address and colour of each event, and who has caused it.
    @Test(arguments: cases) func eventsAreShown(_ expected: Case) throws {
        let post = try #require(GitHubEvent(name: expected.event, json: try Fixture.json(expected.fixture)).post)
        let embed = try #require(post.embeds.first)
        #expect(post.embeds.count == 1 && post.content.isEmpty)
        #expect(embed.title == Self.repository + expected.title)
        #expect(embed.color == expected.color)
        #expect(embed.url?.contains(expected.url) == true, "\(embed.url ?? "none")")
        let author = try #require(embed.author)
        #expect(author.url == "https://github.com/\(author.name)")
        #expect(author.iconURL?.hasPrefix("https://avatars.githubusercontent.com/") == true)
    }

    /// contracts/cosmos.md 9.6: what is not shown is accepted all the same.
    @Test(arguments: [
        ("push", "github_push_deleted"), ("push", "github_push_tag"), ("issues", "github_issues_labeled"), ("ping", "github_ping"),
        ("repository", "github_unknown_event"), ("workflow_run", "github_workflow_run_success"),
        ("workflow_run", "github_workflow_run_requested"), ("pull_request", "github_push"), ("check_run", "github_push"),
    ]) func otherEventsAreIgnored(_ event: String, _ fixture: String) throws {
        #expect(GitHubEvent(name: event, json: try Fixture.json(fixture)).post == nil)
    }

    @Test func successIsShownWhenItIsAskedFor() throws {
        let event = GitHubEvent(name: "workflow_run", json: try Fixture.json("github_workflow_run_success"), showsAllChecks: true)
        #expect(event.post?.embeds.first?.title == "rookery/nest-server: Build success on main")
        #expect(event.post?.embeds.first?.color == 3_066_993)
    }

    /// contracts/cosmos.md 9.6: a line for each commit: its short id with a link, the first line of its message cut at 72, its author.
    @Test func commitsAreListed() throws {
        let post = try #require(GitHubEvent(name: "push", json: try Fixture.json("github_push")).post)
        let lines = try #require(post.embeds.first?.description).split(separator: "\n")
        #expect(
            lines[0]
                == "[`7a8f3ac`](https://github.com/rookery/nest-server/commit/7a8f3ac80e2ad2f6842cb86f576d4bfe2c03e300) Let the nest breathe - wren"
        )
        #expect(
            lines[1].contains("Count eggs before they hatch, because a message that names every single…")
                && lines[1].hasSuffix(" - owl-reviews"))
        #expect(lines.count == 2)
    }

    /// contracts/cosmos.md 9.6: ten commits at most, each a whole line.
    @Test func aLongListOfCommitsEndsWithAWholeLine() throws {
        let commit =
            #"{"id":"0123456789","message":"A change","url":"https://github.com/a/b/commit/\#(String(repeating: "0", count: 40))"}"#
        let commits = Array(repeating: commit, count: 30).joined(separator: ",")
        let json = try Fixture.object(#"{"ref":"refs/heads/x","repository":{"full_name":"a/b"},"commits":[\#(commits)]}"#)
        let embed = try #require(GitHubEvent(name: "push", json: json).post?.embeds.first)
        #expect(embed.title == "a/b:x - 30 commits")
        let text = try #require(embed.description)
        #expect(text.split(separator: "\n").count == 11 && text.hasSuffix("A change\n…"))
    }

    @Test func longBodiesAreCut() throws {
        let post = try #require(GitHubEvent(name: "release", json: try Fixture.json("github_release_published")).post)
        let text = try #require(post.embeds.first?.description)
        #expect(text.unicodeScalars.count == 500 && text.hasSuffix("…"))
    }

    /// contracts/cosmos.md 9.6: every member is optional; members of another type count as absent.
    @Test(arguments: GitHubEventTests.cases.map(\.event)) func poorPayloadsDoNoHarm(_ event: String) throws {
        for body in [
            "{}", #"{"repository":{"full_name":"a/b"}}"#, #"{"repository":5,"sender":[],"action":{},"commits":"x","issue":null}"#,
            #"{"repository":{"full_name":"a/b"},"action":"created","comment":{},"issue":{},"ref":"refs/heads/","commits":[1,{}],"sender":{}}"#,
        ] {
            _ = GitHubEvent(name: event, json: try Fixture.object(body)).post
        }
        #expect(GitHubEvent(name: event, json: try Fixture.object("{}")).post == nil)
    }

    /// contracts/cosmos.md 9.6, test vector 6; one signature, over all bytes, with SHA-256.
    @Test func deliveriesAreSigned() {
        let (secret, body) = ("It's a Secret to Everybody", Array("Hello, World!".utf8))
        let code = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(GitHubRoute.isSigned(body, ["sha256=\(code)"], secret: secret))
        for wrong in [[], ["sha256=\(code)", "sha256=\(code)"], [code], ["sha1=\(code)"], ["sha256="], ["sha256=\(code.dropLast(2))"]] {
            #expect(!GitHubRoute.isSigned(body, wrong, secret: secret), "\(wrong)")
        }
        #expect(!GitHubRoute.isSigned(body + [10], ["sha256=\(code)"], secret: secret))
        #expect(!GitHubRoute.isSigned(body, ["sha256=\(code)"], secret: secret + "!"))
    }
}
