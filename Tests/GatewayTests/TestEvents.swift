import Community
import Gateway
import Primitives
import Storage

/// Events as the database would publish them.
enum TestEvents {
    static let channel = ChannelID(7)
    static let topic = TopicID(scope: .channel, id: 7)

    static func message(_ id: Int64, in channel: ChannelID = channel) -> Event {
        let message = Message(
            id: MessageID(id), channelID: channel, spaceID: nil, author: Author(id: AccountID(1), username: "ada"), kind: .text,
            content: "\(id)", createdAt: Timestamp(seconds: id))
        return event(id, channel, .messageCreated(message, in: Self.room(channel)))
    }

    static func joined(_ id: Int64, _ account: Int64, in channel: ChannelID = channel) -> Event {
        event(
            id, channel,
            .channelMemberAdded(
                ChannelMembership(
                    channel: room(channel), account: AccountID(account), permissions: .joinedChannel, joinedAt: Timestamp(seconds: id))))
    }

    private static func room(_ id: ChannelID) -> Channel {
        Channel(id: id, spaceID: nil, name: "room", access: .publicMembership, createdAt: Timestamp(seconds: 0))
    }

    static func left(_ id: Int64, _ account: Int64, in channel: ChannelID = channel) -> Event {
        event(id, channel, .channelMemberRemoved(channel, nil, AccountID(account)))
    }

    static func sessionEnded(_ id: Int64, _ account: Int64, session: Int64?) -> Event {
        Event(
            id: id, scope: .account, scopeID: account, kind: 0, subjectID: session ?? 0, createdAt: Timestamp(seconds: id),
            live: CommunityEvent.sessionEnded(AccountID(account), session.map { SessionID($0) }))
    }

    private static func event(_ id: Int64, _ channel: ChannelID, _ content: CommunityEvent) -> Event {
        Event(
            id: id, scope: .channel, scopeID: channel.rawValue, kind: 0, subjectID: id, createdAt: Timestamp(seconds: id), live: content)
    }
}

/// Encodes an event as the eight bytes of its id, so that a test sees at once what was delivered; counts how often.
final class CountingEncoder: EventEncoder {
    /// Accounts that get an event in a form of their own, by the event's id: the negative id.
    private let personal: [Int64: AccountID]
    private let calls = Mutex(0)

    init(personal: [Int64: AccountID] = [:]) {
        self.personal = personal
    }

    var count: Int { calls.withLock { $0 } }

    func encode(_ envelope: Envelope) -> EncodedEvent? {
        calls.withLock { $0 += 1 }
        let id = envelope.event.id
        let own = personal[id].map { [$0: Self.bytes(-id)] } ?? [:]
        return EncodedEvent(common: Self.bytes(id), personal: own)
    }

    /// A change of presence is the account's number with a thousand times the number of its status, typing the negative channel.
    func encode(_ event: FleetingEvent) -> [UInt8]? {
        calls.withLock { $0 += 1 }
        return switch event {
        case .presence(let change): Self.bytes(change.account.rawValue + Self.offset(of: change.status))
        case .typing(let typist, _): Self.bytes(-typist.channelID.rawValue)
        }
    }

    private static func offset(of status: UserStatus) -> Int64 {
        switch status {
        case .online: 1_000
        case .idle: 2_000
        case .dnd: 3_000
        case .offline: 4_000
        }
    }

    private static func bytes(_ id: Int64) -> [UInt8] {
        withUnsafeBytes(of: id.bigEndian) { Array($0) }
    }
}

/// A socket that remembers what it got.
final class RecordingSubscriber: Subscriber {
    let account: AccountID
    let session: SessionID
    var place: SocketRegistry.Place?
    private let encoder: any EventEncoder
    private(set) var received: [Int64] = []
    /// How often something was handed over, with one event or several.
    private(set) var writes = 0
    private(set) var hasEnded = false
    var onReceive: (() -> Void)?
    let looksAtEvents: Bool
    /// The events that it has looked at.
    private(set) var seen: [Int64] = []

    init(account: Int64, session: Int64 = 1, looksAtEvents: Bool = false, encoder: any EventEncoder) {
        self.looksAtEvents = looksAtEvents
        self.account = AccountID(account)
        self.session = SessionID(session)
        self.encoder = encoder
    }

    func attach(to shard: HubShard, _ topics: [TopicID] = [TestEvents.topic], after position: Int64 = 100) -> Subscription? {
        shard.attach(self, account: account, session: session, encoder: encoder, to: topics, after: position)
    }

    func receive(_ frames: [UInt8], isLarge: Bool) {
        for start in stride(from: 0, to: frames.count, by: 8) {
            received.append(frames[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) })
        }
        writes += 1
        onReceive?()
    }

    func receive(_ envelope: Envelope) {
        seen.append(envelope.event.id)
        onReceive?()
    }

    func sessionEnded() {
        hasEnded = true
    }
}
