internal import Community
internal import Gateway
internal import Reactor
internal import WebSocket

/// What a client says of its user, and hears of others, beside the log (contracts/chat.md 5.5, 5.6).
extension GatewayConnection {
    /// Frames that are not finished with, bounded for each socket.
    struct Fleeting {
        /// Looks at the rights to type that are under way at a time; more frames are dropped.
        static let typingLimit: UInt8 = 4

        var typingCount: UInt8 = 0
        /// Whether a choice of a status is being written.
        var isChoosing = false
        /// The latest choice that has still to be written.
        var nextChoice: PresenceStatus?
    }

    /// Remembers the status the client has chosen. One is written at a time; of those that come meanwhile the last counts.
    func setPresence(_ status: String) {
        fleeting.nextChoice = PresenceStatus(name: status)
        choosePresence()
    }

    /// Writes the choice that waits, if the socket is served and none is being written.
    func choosePresence() {
        guard !fleeting.isChoosing, let place, subscription != nil, let login, let status = fleeting.nextChoice else {
            return
        }
        fleeting.nextChoice = nil
        fleeting.isChoosing = true
        let bound = LoopBound(self, loop: loop)
        let gateway = gateway
        gateway.presence.board.willChoose(status, for: login.account, through: place)
        loop.start {
            do {
                try await gateway.community.choosePresence(status, for: login.account)
            } catch is CommunityError {
                // Refused: too much is being written, or the account is gone. The socket carries no answers.
            } catch {
                gateway.report(error)
            }
            bound.value.fleeting.isChoosing = false
            if bound.value.isOpen { bound.value.choosePresence() }
        }
    }

    /// Shows the user as typing. What is refused is passed over.
    func startTyping(_ channel: String) {
        guard subscription != nil, let login, fleeting.typingCount < Fleeting.typingLimit,
            let channel = ChatIdentifier.parse(channel).map({ ChannelID($0) }), gateway.typing.admits(login.account, in: channel)
        else { return }
        fleeting.typingCount += 1
        let bound = LoopBound(self, loop: loop)
        let gateway = gateway
        loop.start {
            do {
                try await gateway.typing.start(in: channel, by: login.account)
            } catch is CommunityError {
                // No access: nothing happens on the socket.
            } catch {
                gateway.report(error)
            }
            bound.value.fleeting.typingCount -= 1
        }
    }

    /// Sends the presence of those who are there as op 40.
    ///
    /// - Parameters:
    ///   - known: what the client knows already.
    ///   - position: `PresenceBoard.position` before `known` was found out: later changes reach the subscriber through the hub.
    func sendPresent(except known: [PresenceChange], changedSince position: UInt64) {
        guard let subscription, let login else { return }
        let bound = LoopBound(self, loop: loop)
        let board = gateway.presence.board
        let topics = subscription.topics
        loop.start {
            let people = await board.people(in: topics, limit: ChatGateway.presenceLimit).subtracting([login.account]).sorted()
            bound.value.show(people, except: known, position: position)
        }
    }

    private func show(_ people: [AccountID], except known: [PresenceChange], position: UInt64) {
        guard isOpen, let subscription else { return }
        subscription.presencePosition = max(subscription.presencePosition, position)
        let known = Dictionary(known.map { ($0.account, $0.status) }, uniquingKeysWith: { first, _ in first })
        let frames = gateway.presence.board.show(people, limit: ChatGateway.presenceLimit)
            .filter { known[$0.account] != $0.status }
            .compactMap { encoder.encode(.presence($0)) }
        if !frames.isEmpty { receive(Array(frames.joined()), isLarge: true) }
    }
}
