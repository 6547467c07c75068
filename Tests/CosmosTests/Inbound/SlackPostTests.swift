import Community
import Primitives
import Testing

@testable import Cosmos

struct SlackPostTests {
    /// contracts/cosmos.md 9.5: each form of the list.
    @Test(arguments: [
        ("<https://a.example/x>", "https://a.example/x"), ("<https://a.example/x|label>", "[label](https://a.example/x)"),
        ("<mailto:a@b.example|a@b.example>", "[a@b.example](mailto:a@b.example)"),
        ("<@U1>", "<@U1>"), ("<U1>", "<@U1>"), ("<@U2>", "U2"), ("<@U2|bob>", "bob"), ("<U2>", "U2"),
        ("<!channel> <!here> <!everyone> <!all>", "@everyone @everyone @everyone @everyone"),
        ("<!subteam^S1|@crew>", "@crew"), ("<!date^1392734382^{date}|Feb 18>", "Feb 18"), ("<#C1|general>", "#general"), ("<#C1>", "#C1"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"), ("&amp;lt;", "&lt;"), ("&lt;@U1&gt;", "<@U1>"),
        ("*bold*", "**bold**"), ("a *bold move* now", "a **bold move** now"), ("_it_", "_it_"), ("~gone~", "~~gone~~"),
        ("2*3*4", "2*3*4"), ("* item", "* item"), ("*not\nbold*", "*not\nbold*"), ("**kept**", "**kept**"), ("*~both~*", "**~~both~~**"),
        ("`*code*` *bold*", "`*code*` **bold**"), ("```\n*code*\n~x~```*b*", "```\n*code*\n~x~```**b**"), ("*", "*"), ("``", "``"),
        ("<https://a.example/a*b*c|x>", "[x](https://a.example/a*b*c)"), ("a < b and c > d", "a < b and c > d"), ("<>", "<>"),
        ("<|>", "<|>"),
        ("`<https://a.example|x>`", "`x`"), ("*<https://a.example|x>*", "**[x](https://a.example)**"),
    ]) func markupBecomesMarkdown(_ slack: String, _ markdown: String) {
        #expect(SlackText.markdown(slack, members: ["U1"]) == markdown)
    }

    /// contracts/cosmos.md 9.5: in Markdown only angle brackets are Slack's.
    @Test func markdownKeepsItsMarks() {
        let text = "*it* **b** ~x~ &amp; <b>html</b> <https://a.example|x> <!here> <@U1>"
        #expect(
            SlackText.markdown(text, .markdown, members: ["U1"])
                == "*it* **b** ~x~ &amp; <b>html</b> [x](https://a.example) @everyone <@U1>")
    }

    @Test func idsAreFoundWhereTheyMayMeanPeople() {
        #expect(SlackText.identifiers(in: "<@U1> <U2> <https://x.example> <!here> <@U3|name> @U4") == ["U1", "U2", "U3"])
    }

    /// Whatever is written, it costs what its length is worth.
    @Test(.timeLimit(.minutes(1)), arguments: ["*", " *a", "<", "`", "```", "~*", "<@", "&"]) func longNonsenseIsQuick(_ piece: String) {
        let text = String(repeating: piece, count: 40_000)
        #expect(!SlackText.markdown(text).isEmpty)
        #expect(SlackText.identifiers(in: text).isEmpty)
    }

    @Test func aTextIsConvertedWithItsName() throws {
        let slack = SlackPost(json: try Fixture.json("slack_text"), style: .slack, members: ["U024BE7LH"])
        #expect(slack.identifiers == ["U024BE7LH"])
        let post = try slack.post()
        #expect(
            post.content
                == "A **bold** move by <@U024BE7LH>, see [the plan](https://example.com/a*b) & https://example.com. @everyone ~~never~~ `*code*`"
        )
        #expect(post.username == "deploy")
        #expect(post.avatarURL == "https://cdn.example/ghost.png")
    }

    /// contracts/cosmos.md 9.3: each member of an attachment.
    @Test func attachmentsBecomeCards() throws {
        let post = try SlackPost(json: Fixture.json("slack_attachments"), style: .slack).post()
        #expect(post.content == "Optional pre-text that appears above")
        #expect(post.embeds.count == 2)
        let embed = post.embeds[0]
        #expect(embed.color == 0x36_A64F)
        #expect(embed.title == "Ticket <1>" && embed.url == "https://api.example.com/")
        #expect(embed.description == "Optional `text` that appears **within** the attachment")
        #expect(embed.author?.name == "author_name")
        #expect(
            embed.fields == [
                .init(name: "A field's title", value: "This field's value"), .init(name: "Priority", value: "3", isInline: true),
            ])
        #expect(embed.imageURL?.hasSuffix("image.jpg") == true && embed.thumbnailURL?.hasSuffix("/200") == true)
        #expect(embed.footer?.text == "footer")
        #expect(embed.timestamp?.seconds == 1_747_322_418)
        #expect(post.embeds[1] == MessageEmbed(description: "Only this", color: 0xA3_0200))
    }

    /// contracts/cosmos.md 9.3: what can be read of blocks; buttons cannot.
    @Test func blocksAreFlattened() throws {
        let post = try SlackPost(json: Fixture.json("slack_blocks"), style: .slack).post()
        #expect(
            post.content == """
                **New & shiny**
                Danny **Torrence** left the following review:
                **Type:**
                Paid time off
                Aug 10
                ---
                Haunted hotel
                https://example.com/hotel.png
                Submitted by [Danny](https://example.com/danny)
                """)
    }

    @Test func anAlertOfAlertmanagerIsShown() throws {
        let post = try SlackPost(json: Fixture.json("slack_alertmanager"), style: .slack).post()
        #expect(post.content.isEmpty)
        #expect(post.embeds.first?.title == "[FIRING:1] InstanceDown (node warning)")
        #expect(post.embeds.first?.description?.hasPrefix("**Alert:** Instance down - `critical`") == true)
        #expect(post.embeds.first?.color == 0xA3_0200)
    }

    /// contracts/cosmos.md 9.3: `no_text`.
    @Test(arguments: [
        "{}", #"{"text":""}"#, #"{"text":"  "}"#, #"{"text":null}"#, #"{"blocks":[{"type":"actions"}]}"#, #"{"attachments":[{}]}"#,
    ])
    func nothingIsRefused(_ body: String) throws {
        #expect(throws: SlackRefusal.noText) { try SlackPost(json: Fixture.object(body), style: .slack).post() }
    }

    /// contracts/cosmos.md 9.4: the report card is shown, `silent` counts, Markdown stays.
    @Test func mattermostMessagesKeepTheirMarkdown() throws {
        let mattermost = MattermostPost(json: try Fixture.json("mattermost_full"))
        let posts = try mattermost.posts()
        #expect(posts.count == 1)
        #expect(posts[0].content.hasSuffix("[Results](https://ci.example/1) @everyone *kept*"))
        #expect(posts[0].embeds.map(\.description) == ["Full report: **12** tests"])
        #expect(posts[0].isSilent)
        #expect(mattermost.channel == nil)
        #expect(MattermostPost(json: try Fixture.object(##"{"channel":"#town"}"##)).channel == "town")
    }

    @Test(arguments: ["mattermost_grafana", "mattermost_gitlab"]) func plainSendersAreUnderstood(_ name: String) throws {
        let posts = try MattermostPost(json: Fixture.json(name)).posts()
        #expect(posts.count == 1)
        #expect(posts[0].embeds.count == 1)
        #expect(posts[0].username != nil)
    }

    /// contracts/cosmos.md 9.4: at most five messages of at most 2000, cut at line breaks, then an ellipsis.
    @Test func longTextsAreSplitAtLineBreaks() {
        let line = String(repeating: "x", count: 999)
        #expect(MattermostPost.split("\(line)\n\(line)\nend").map(\.count) == [1_999, 3])
        #expect(MattermostPost.split(String(repeating: "x", count: 4_001)).map(\.count) == [2_000, 2_000, 1])
        let many = MattermostPost.split(String(repeating: "x", count: 20_000))
        #expect(many.map(\.count) == [2_000, 2_000, 2_000, 2_000, 2_000])
        #expect(many.last?.hasSuffix("…") == true)
        #expect(MattermostPost.split("short") == ["short"])
        #expect(MattermostPost.split(String(repeating: "x", count: 2_000) + "\n") == [String(repeating: "x", count: 2_000)])
    }

    /// Cards stand beside the last part of a text.
    @Test func cardsFollowALongText() throws {
        let text = String(repeating: "word ", count: 500)
        let posts = try MattermostPost(json: Fixture.object(#"{"text":"\#(text)","attachments":[{"title":"t"}]}"#)).posts()
        #expect(posts.map(\.embeds.count) == [0, 1])
    }
}
