import Community
import JSON
import Primitives
import Testing

@testable import Cosmos

struct DiscordPostTests {
    /// contracts/cosmos.md 9.2: all members of the table; what is ignored does no harm.
    @Test func aFullMessageIsReadWithAllItsParts() throws {
        let post = try DiscordPost.read(Fixture.json("discord_full"))
        #expect(post.content == "Hello, <@100> and @everyone!")
        #expect(post.username == "Captain Hook")
        #expect(post.avatarURL == "https://cdn.example/hook.png")
        #expect(post.isSilent)
        #expect(post.mentions == MentionRules(users: .only(["100"]), everyone: false))
        let embed = try #require(post.embeds.first)
        #expect(embed.title == "Meeting notes")
        #expect(embed.timestamp?.rfc3339Milliseconds == "2026-05-15T13:20:18.123Z")
        #expect(embed.color == 5_814_783)
        #expect(
            embed.author == MessageEmbed.Author(name: "Wren", url: "https://notes.example/wren", iconURL: "https://notes.example/wren.png"))
        #expect(embed.fields.map(\.isInline) == [true, false])
        #expect(embed.imageURL == "https://notes.example/image.png")
        #expect(embed.footer?.text == "Notes")
    }

    /// contracts/cosmos.md 9.2: what Grafana and Uptime Kuma really send.
    @Test(arguments: ["discord_grafana", "discord_uptime_kuma"]) func messagesOfMonitorsAreRead(_ name: String) throws {
        let post = try DiscordPost.read(Fixture.json(name))
        #expect(post.embeds.count == 1)
        #expect(post.embeds.first?.title != nil)
        #expect(!post.text.isEmpty)
    }

    /// contracts/cosmos.md 9.2: without `allowed_mentions` users are mentioned and nobody else.
    @Test func usersAreMentionedUnlessSaidOtherwise() throws {
        #expect(try DiscordPost.read(Fixture.object(#"{"content":"x"}"#)).mentions == MentionRules(users: .all, everyone: false))
        let all = try DiscordPost.read(Fixture.object(#"{"content":"x","allowed_mentions":{"parse":["users","everyone"]}}"#))
        #expect(all.mentions == MentionRules(users: .all, everyone: true))
    }

    /// contracts/cosmos.md 2: a wrong type is named with its place.
    @Test(arguments: [
        (#"{"content":5}"#, "/content"), (#"{"embeds":{}}"#, "/embeds"), (#"{"embeds":[{"title":[]}]}"#, "/embeds/0/title"),
        (#"{"embeds":[{"timestamp":"yesterday"}]}"#, "/embeds/0/timestamp"),
        (#"{"embeds":[{"fields":[{"name":"a"}]}]}"#, "/embeds/0/fields/0/value"),
        (#"{"allowed_mentions":{"parse":["all"]}}"#, "/allowed_mentions/parse/0"), (#"{"flags":"4096"}"#, "/flags"),
    ]) func wrongMembersAreNamed(_ body: String, _ path: String) throws {
        let error = #expect(throws: Problem.self) { try DiscordPost.read(Fixture.object(body)) }
        #expect(error?.kind == .invalid)
        #expect(error?.errors.first?.path == path)
    }

    /// contracts/cosmos.md 9.2: attachments need bit 15, which no webhook has.
    @Test func attachmentsAreRefused() throws {
        let error = #expect(throws: Problem.self) { try DiscordPost.read(Fixture.object(#"{"content":"x","attachments":[{"id":0}]}"#)) }
        #expect(error?.kind == .missingPermission)
        #expect(error?.missing == 32_768)
    }

    /// Senders leave empty texts where they have nothing to say, and write colours and values without care.
    @Test func emptyAndLooseMembersAreTakenAsSendersMeanThem() throws {
        let post = try DiscordPost.read(
            Fixture.object(
                #"{"content":null,"username":null,"avatar_url":"","embeds":[{"title":"","color":"255","fields":[{"name":"n","value":7}]},{}]}"#
            ))
        #expect(post.username == nil && post.avatarURL == nil)
        #expect(post.embeds == [MessageEmbed(color: 255, fields: [.init(name: "n", value: "7")])])
    }

    /// A change says what is other than before; the rest stays.
    @Test func aChangeKeepsWhatItDoesNotName() throws {
        let post = WebhookPost(content: "before", embeds: [MessageEmbed(title: "card")])
        let changed = try DiscordPost.change(post, Fixture.object(#"{"content":"after"}"#))
        #expect(changed.content == "after" && changed.embeds == post.embeds)
        #expect(try DiscordPost.change(post, Fixture.object(#"{"embeds":null}"#)).embeds.isEmpty)
    }

    /// Clients that know no cards see what is on them.
    @Test func theTextHasWhatIsOnTheCards() throws {
        let text = try DiscordPost.read(Fixture.json("discord_full")).text
        for part in [
            "Hello, <@100>", "[Wren](https://notes.example/wren)", "**[Meeting notes](https://notes.example/3)**", "The **third** meeting",
            "**Present**: Wren, Owl", "**Absent**\nNobody\nat all", "_Notes_",
        ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func aLongTextIsCutWithAnEllipsis() {
        let post = WebhookPost(content: "a", embeds: [MessageEmbed(description: String(repeating: "é", count: 4_096))])
        #expect(post.text.unicodeScalars.count == 2_000)
        #expect(post.text.hasSuffix("…"))
    }

    /// contracts/cosmos.md 9.5: nobody calls everybody unless the webhook may and the message wants to.
    @Test(arguments: [(false, false, false), (true, false, false), (false, true, false), (true, true, true)])
    func everybodyIsCalledOnlyWithBothRights(_ may: Bool, _ wants: Bool, _ calls: Bool) {
        let post = WebhookPost(
            content: "@everyone @Here", embeds: [MessageEmbed(title: "@here")], mentions: MentionRules(everyone: wants))
        let neutral = post.neutralized(allowsEveryone: may)
        #expect(neutral.content.contains("@everyone") == calls)
        #expect(neutral.content.contains("@Here") == calls)
        #expect(neutral.text.contains("@here") == calls)
        if !calls { #expect(neutral.content == "@\u{200B}everyone @\u{200B}Here") }
    }
}
