import Community
import Gateway
import Primitives
import Storage
import Testing

@testable import Dawchat

/// contracts/dawchat.md 4: the bytes of each event, `id`, `event` and `data` in this order.
struct DawchatEventEncoderTests {
    private static let ada = Author(id: AccountID(1), username: "ada", displayName: "Ada L.")
    private static let eve = Author(id: AccountID(2), username: "eve")

    private static func channel(_ access: ChannelAccess = .publicMembership) -> Channel {
        Channel(
            id: ChannelID(7), spaceID: SpaceID(3), ownerID: ada.id, name: "a \"perch\"", access: access, lastMessageID: MessageID(21),
            createdAt: Timestamp(seconds: 1))
    }

    private static func message(_ kind: MessageKind, _ content: String) -> Message {
        Message(
            id: MessageID(20), channelID: ChannelID(7), spaceID: SpaceID(3), author: ada, kind: kind, content: content,
            createdAt: Timestamp(microseconds: 1_800_000_000_999_999), nonce: "n")
    }

    private static func encode(_ content: CommunityEvent) -> EncodedEvent? {
        let event = Event(
            id: 99, scope: .channel, scopeID: 7, kind: 1, subjectID: 20, createdAt: Timestamp(seconds: 1), live: content)
        return Envelope(event).flatMap { DawchatEventEncoder().encode($0) }
    }

    /// What everybody gets, when nobody gets something else.
    private static func common(_ content: CommunityEvent) -> String? {
        guard let encoded = encode(content), encoded.personal.isEmpty else { return nil }
        return encoded.common.map { String(decoding: $0, as: UTF8.self) }
    }

    /// "Message + channelId, channelName"; JSON on one line.
    @Test(arguments: [ChannelAccess.publicMembership, .privateMembership])
    func `a message is shown to all members`(access: ChannelAccess) {
        let text = Self.common(.messageCreated(Self.message(.text, "two\nlines \u{1F426}"), in: Self.channel(access)))
        #expect(
            text == """
                id:20
                event:channel-message
                data:{"messageId":20,"userId":1,"username":"ada","type":"text","content":"two\\nlines \u{1F426}","timestamp":1800000000,\
                "channelId":7,"channelName":"a \\"perch\\""}


                """)
    }

    /// "members get the SSE events channel-rename, then channel-message".
    @Test func `another name is shown twice`() {
        let text = Self.common(.messageCreated(Self.message(.channelRename, "branch"), in: Self.channel()))
        #expect(
            text == """
                id:7
                event:channel-rename
                data:{"channelId":7,"channelName":"branch"}

                id:20
                event:channel-message
                data:{"messageId":20,"userId":1,"username":"ada","type":"channel-rename","content":"branch","timestamp":1800000000,\
                "channelId":7,"channelName":"a \\"perch\\""}


                """)
    }

    /// "UserChannel (with lastRead)", "only the user who joined or created".
    @Test func `who joins gets the channel and others get nothing`() throws {
        let membership = ChannelMembership(
            channel: Self.channel(.privateMembership), account: Self.eve.id, permissions: .ownedChannel, joinedAt: Timestamp(seconds: 5),
            lastReadID: MessageID(20))
        let encoded = try #require(Self.encode(.channelMemberAdded(membership)))
        #expect(encoded.common == nil && encoded.personal.count == 1)
        let bytes = try #require(encoded.frame(for: Self.eve.id)?.bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                id:7
                event:channel-join
                data:{"channelId":7,"channelName":"a \\"perch\\"","channelType":"private",\
                "channelPerms":["read","write","invite","rename","remove-users"],"channelOwner":1,"lastMessage":21,"lastRead":20,"joinedAt":5}


                """)
        #expect(encoded.frame(for: Self.ada.id) == nil)
    }

    /// "lastMessage (message id, 0 if none)", "lastRead (int, 0 if none)".
    @Test func `what is not there yet is 0`() throws {
        var channel = Self.channel()
        channel.lastMessageID = nil
        let membership = ChannelMembership(
            channel: channel, account: Self.eve.id, permissions: .joinedChannel, joinedAt: Timestamp(seconds: 5))
        let bytes = try #require(Self.encode(.channelMemberAdded(membership))?.frame(for: Self.eve.id)?.bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""channelType":"public","channelPerms":["read","write","invite"],"#))
        #expect(text.contains(#""lastMessage":0,"lastRead":0,"#))
    }

    /// channel-leave "only the leaver", channel-remove "only the removed user": the event's scope is the account.
    @Test(arguments: [
        (ChannelLoss.left, "channel-leave"), (.leftSpace, "channel-leave"), (.removed, "channel-remove"),
        (.removedFromSpace, "channel-remove"),
        (.deleted, "channel-remove"), (.rules, "channel-remove"),
    ])
    func `who has lost a channel is told how`(loss: ChannelLoss, name: String) {
        let text = Self.common(.channelHidden(Self.channel(), from: Self.eve.id, loss))
        #expect(text == "id:7\nevent:\(name)\ndata:{\"channelId\":7}\n\n")
    }

    /// An event of our own, without an id.
    @Test func `an invite has no id`() {
        let invite = ChannelInvite(
            id: ChannelInviteID(40), channel: Self.channel(.privateMembership), sender: Self.ada, recipient: Self.eve,
            permissions: [.kickMembers, .reading], createdAt: Timestamp(seconds: 6))
        #expect(
            Self.common(.channelInvited(invite)) == """
                event:user-invite
                data:{"inviteId":40,"senderId":1,"senderName":"ada","recipientId":2,"recipientName":"eve","channelId":7,\
                "channelName":"a \\"perch\\"","channelType":"private","invitePerms":["read","remove-users"],"timestamp":6}


                """)
    }

    @Test func `what is said elsewhere or told otherwise is not shown`() {
        for access in [ChannelAccess.open, .direct] {
            #expect(Self.encode(.messageCreated(Self.message(.text, "hi"), in: Self.channel(access))) == nil)
            #expect(Self.encode(.channelHidden(Self.channel(access), from: Self.eve.id, .rules)) == nil)
        }
        let events: [CommunityEvent] = [
            // The channel-join says it.
            .messageCreated(Self.message(.channelCreate, ""), in: Self.channel()), .messageUpdated(Self.message(.text, "hi")),
            .messageDeleted(MessageID(20), ChannelID(7), nil), .channelCreated(Self.channel()), .channelUpdated(Self.channel()),
            .channelDeleted(Self.channel()), .channelShown(Self.channel(), to: Self.eve.id),
            .channelMemberRemoved(ChannelID(7), nil, Self.eve.id), .spaceDeleted(SpaceID(3)), .sessionEnded(Self.ada.id, nil),
        ]
        for event in events { #expect(Self.encode(event) == nil, "\(event)") }
    }
}
