internal import Community
internal import Dialect
internal import Gateway
internal import Primitives

/// Shows people as typing, for the gateway and for REST (contracts/chat.md 5.6).
final class Typing: Sendable {
    private let community: Community
    private let hub: Hub
    private let clock: WallClock
    private let throttle = Mutex(TypingThrottle())

    init(_ services: ChatServices) {
        community = services.shared.community
        hub = services.shared.hub
        clock = services.shared.clock
    }

    /// Tells those who see the channel, except the account itself. Within five seconds of the last time it checks the rights and tells nobody.
    ///
    /// - Throws: `CommunityError.unknownChannel`, `.missingAccess`, `.missingPermission`, `.unknownAccount`.
    func start(in channel: ChannelID, by account: AccountID) async throws {
        let typist = try await community.typist(in: channel, by: account)
        let now = clock()
        guard throttle.withLock({ $0.admit(account, in: channel, at: now) }) else { return }
        hub.tell(.typing(typist, at: now), in: TopicID(typist.source))
    }

    /// Whether `start` would tell anybody as far as time goes: whoever need not hear of refusals saves the look at the rights.
    func admits(_ account: AccountID, in channel: ChannelID) -> Bool {
        let now = clock()
        return throttle.withLock { $0.admits(account, in: channel, at: now) }
    }
}
