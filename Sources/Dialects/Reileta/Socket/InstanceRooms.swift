internal import Community
internal import Primitives
internal import Reactor

/// Who is in which instance, on this node: as long as their sockets are there. And the places that are held for others.
///
/// What happens in one instance reaches everybody in the same order: it is handed to the loops while the room is locked, which costs each a place in a queue.
final class InstanceRooms: Sendable {
    /// A player with its socket.
    struct Member: Sendable {
        var player: Player
        var socket: LoopBound<ReiletaSocket>
        /// Whether it may not send data.
        var isMuted = false
    }

    /// The players whose sockets live on one loop: they are told with one job.
    private struct Audience: Sendable {
        var loop: EventLoop
        var members: [Member]

        func tell(_ instance: InstanceID, _ event: RoomEvent, _ frame: [UInt8], except sender: String?) {
            guard members.count > 1 || members.first?.player.id != sender else { return }
            loop.execute {
                for member in members where member.player.id != sender { member.socket.value.receive(frame, event, in: instance) }
            }
        }
    }

    private struct Room {
        var members: [Member] = []
        var audiences: [Audience] = []
        var places = RoomPlaces()
        /// How often the players have shown themselves to a newcomer.
        var showings = 0
        var isFilling = false
        var isFillingDue = false

        mutating func add(_ member: Member) {
            members.append(member)
            if let index = audiences.firstIndex(where: { $0.loop === member.socket.loop }) {
                audiences[index].members.append(member)
            } else {
                audiences.append(Audience(loop: member.socket.loop, members: [member]))
            }
        }

        mutating func remove(_ player: String) -> Member? {
            guard let index = members.firstIndex(where: { $0.player.id == player }) else { return nil }
            for index in audiences.indices { audiences[index].members.removeAll { $0.player.id == player } }
            audiences.removeAll { $0.members.isEmpty }
            places.leave()
            return members.remove(at: index)
        }

        func tell(_ instance: InstanceID, _ event: RoomEvent, _ frame: [UInt8], except sender: String? = nil) {
            for audience in audiences { audience.tell(instance, event, frame, except: sender) }
        }
    }

    private struct State {
        var rooms: [InstanceID: Room] = [:]
        /// When the last one has left.
        var emptySince: [InstanceID: Timestamp] = [:]

        /// Changes a room; one of which nothing is known any more is forgotten.
        mutating func change<Value: Sendable>(_ instance: InstanceID, _ body: (inout Room) -> Value) -> Value {
            let value = body(&rooms[instance, default: Room()])
            if let room = rooms[instance], room.places.isIdle, !room.isFilling { rooms[instance] = nil }
            return value
        }
    }

    private let state = Mutex(State())

    /// Those who are in an instance, in the order in which they came.
    func players(of instance: InstanceID) -> [Player] {
        state.withLock { $0.rooms[instance]?.members.map(\.player) ?? [] }
    }

    /// The instances that somebody is in.
    func instances(of account: AccountID) -> Set<InstanceID> {
        state.withLock { state in
            Set(state.rooms.filter { $0.value.members.contains { $0.player.account.id == account } }.keys)
        }
    }

    /// Whether somebody is in an instance, with any socket.
    func holds(_ account: AccountID, in instance: InstanceID) -> Bool {
        state.withLock { $0.rooms[instance]?.members.contains { $0.player.account.id == account } ?? false }
    }

    // MARK: Coming and going

    /// Lets somebody in, and tells the others.
    ///
    /// - Parameters:
    ///   - capacity: players at most.
    ///   - passesQueue: whether a free place is for this person although others wait.
    ///   - frame: what the others are told.
    /// - Returns: those who were there, and whether a place was held; nil when there is no room.
    func enter(
        _ instance: InstanceID, capacity: Int, _ member: Member, at now: Timestamp, passesQueue: Bool, frame: [UInt8]
    ) -> (others: [Player], wasHeld: Bool)? {
        state.withLock { state in
            let found: (others: [Player], wasHeld: Bool)? = state.change(instance) { room in
                let account = member.player.account.id
                guard let wasHeld = room.places.take(account, capacity: capacity, at: now, passesQueue: passesQueue) else { return nil }
                let others = room.members.map(\.player)
                room.tell(instance, .joined, frame)
                room.add(member)
                return (others, wasHeld)
            }
            if found != nil { state.emptySince[instance] = nil }
            return found
        }
    }

    /// Lets somebody go, and tells the others.
    ///
    /// - Returns: whether the player was there.
    @discardableResult
    func leave(_ instance: InstanceID, player: String, at now: Timestamp, frame: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.rooms[instance] != nil else { return false }
            let isLast: Bool? = state.change(instance) { room in
                guard room.remove(player) != nil else { return nil }
                room.tell(instance, .left, frame)
                return room.members.isEmpty
            }
            if isLast == true { state.emptySince[instance] = now }
            return isLast != nil
        }
    }

    /// Shows a player as it is now to whoever asks from now on.
    func update(_ player: Player, in instance: InstanceID) {
        state.withLock { state in
            guard let index = state.rooms[instance]?.members.firstIndex(where: { $0.player.id == player.id }) else { return }
            state.rooms[instance]?.members[index].player = player
        }
    }

    /// Sends players out of an instance. They and the others are told.
    ///
    /// - Parameter frame: what is told of each.
    /// - Returns: who was sent out.
    @discardableResult
    func remove(
        _ instance: InstanceID, at now: Timestamp, where isMeant: (Player) -> Bool, frame: (Player) -> [UInt8]
    ) -> [Player] {
        state.withLock { state in
            guard let players = state.rooms[instance]?.members.map(\.player).filter(isMeant), !players.isEmpty else { return [] }
            let isEmpty = state.change(instance) { room in
                for player in players {
                    guard let member = room.remove(player.id) else { continue }
                    let frame = frame(player)
                    room.tell(instance, .left, frame)
                    member.socket.loop.execute { member.socket.value.sentOut(of: instance, as: player.id, frame) }
                }
                return room.members.isEmpty
            }
            if isEmpty { state.emptySince[instance] = now }
            return players
        }
    }

    /// Those that somebody is in or is about to come to, and when the others were left.
    var occupation: (occupied: Set<InstanceID>, emptySince: [InstanceID: Timestamp]) {
        state.withLock { state in (Set(state.rooms.filter { $0.value.places.isOccupied }.keys), state.emptySince) }
    }

    /// Forgets when instances were left that are gone.
    func forget(emptyBefore moment: Timestamp) {
        state.withLock { state in state.emptySince = state.emptySince.filter { $0.value > moment } }
    }

    // MARK: Telling

    /// What became of something that a player sends to the others.
    enum Passing: Equatable {
        /// So many are told, after so many showings.
        case passed(count: Int, showings: Int)
        /// The player is not there any more.
        case absent
        /// The player may not send this.
        case muted
    }

    /// Hands something that a player sends to the others.
    ///
    /// - Parameter receivers: ids of the players that it is for; nil: all.
    func pass(_ instance: InstanceID, _ event: RoomEvent, from player: String, to receivers: Set<String>? = nil, _ frame: [UInt8])
        -> Passing
    {
        state.withLock { state in
            guard let room = state.rooms[instance], let sender = room.members.first(where: { $0.player.id == player }) else {
                return .absent
            }
            guard event != .data || !sender.isMuted else { return .muted }
            guard let receivers else {
                room.tell(instance, event, frame, except: player)
                return .passed(count: room.members.count - 1, showings: room.showings)
            }
            var count = 0
            for audience in room.audiences {
                let meant = audience.members.filter { receivers.contains($0.player.id) && $0.player.id != player }
                count += meant.count
                if !meant.isEmpty { Audience(loop: audience.loop, members: meant).tell(instance, event, frame, except: nil) }
            }
            return .passed(count: count, showings: room.showings)
        }
    }

    /// Tells everybody in an instance but one.
    func tell(_ instance: InstanceID, _ event: RoomEvent, _ frame: [UInt8], except player: String?) {
        state.withLock { $0.rooms[instance]?.tell(instance, event, frame, except: player) }
    }

    /// Lets the others show to somebody who has just come in where they are. What they do from now on reaches the newcomer as it does all.
    func show(to newcomer: String, in instance: InstanceID) {
        state.withLock { state in
            state.rooms[instance]?.showings += 1
            guard let room = state.rooms[instance], let member = room.members.first(where: { $0.player.id == newcomer }) else { return }
            let showing = room.showings
            member.socket.loop.execute { member.socket.value.isShown(instance, to: newcomer) }
            for audience in room.audiences {
                audience.loop.execute {
                    for member in audience.members where member.player.id != newcomer {
                        SocketPlay.show(to: newcomer, showing, in: instance, member.socket.value)
                    }
                }
            }
        }
    }

    /// Lets somebody send data to the others, or not.
    func mute(_ account: AccountID, _ isMuted: Bool, in instance: InstanceID) {
        state.withLock { state in
            guard let indices = state.rooms[instance]?.members.indices else { return }
            for index in indices where state.rooms[instance]?.members[index].player.account.id == account {
                state.rooms[instance]?.members[index].isMuted = isMuted
            }
        }
    }

    // MARK: Places

    /// Changes which places of an instance are held, and for whom.
    func withPlaces<Value: Sendable>(of instance: InstanceID, _ body: (inout RoomPlaces) -> Value) -> Value {
        state.withLock { $0.change(instance) { body(&$0.places) } }
    }

    /// Holds a place that was promised to somebody who has none and is not inside.
    ///
    /// - Returns: whether it was not held before.
    func holdPromised(_ account: AccountID, in instance: InstanceID, until: Timestamp) -> Bool {
        state.withLock { state in
            state.change(instance) { room in
                guard !room.members.contains(where: { $0.player.account.id == account }) else { return false }
                return room.places.restore(for: account, until: until)
            }
        }
    }

    /// The instances that people wait for.
    var awaited: [InstanceID] {
        state.withLock { $0.rooms.filter(\.value.places.hasQueue).map(\.key) }
    }

    /// Whether people wait for an instance.
    func isAwaited(_ instance: InstanceID) -> Bool {
        state.withLock { $0.rooms[instance]?.places.hasQueue ?? false }
    }

    /// Begins to give free places to those who wait.
    ///
    /// - Returns: false when somebody does so already, who will look once more.
    func beginFilling(_ instance: InstanceID) -> Bool {
        state.withLock { state in
            state.change(instance) { room in
                room.isFillingDue = room.isFilling
                if room.isFilling { return false }
                room.isFilling = true
                return true
            }
        }
    }

    /// Ends it.
    ///
    /// - Parameter isQueueEmpty: whether nobody was found who waits.
    /// - Returns: whether it has to be done once more.
    func endFilling(_ instance: InstanceID, isQueueEmpty: Bool) -> Bool {
        state.withLock { state in
            state.change(instance) { room in
                guard !room.isFillingDue else {
                    room.isFillingDue = false
                    return true
                }
                room.isFilling = false
                room.places.hasQueue = !isQueueEmpty
                return false
            }
        }
    }
}
