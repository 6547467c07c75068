internal import Community
internal import Dialect
internal import Primitives
internal import Reactor

/// Gives out the places of instances: holds one for who has been let in, gives it to the next when nobody comes, or when somebody leaves
/// (contracts/reileta.md 3.5). What was promised stands in the database; what is held is counted in the rooms, with those who are inside.
final class InstancePlaces: Sendable {
    private let community: Community
    private let rooms: InstanceRooms
    private let seconds: Int64
    private let clock: WallClock
    private let report: @Sendable (any Error) -> Void
    private let draining = Mutex(false)

    /// - Parameter seconds: how long a place is held.
    init(_ services: DialectServices, rooms: InstanceRooms, seconds: Int64) {
        community = services.community
        self.rooms = rooms
        self.seconds = seconds
        clock = services.clock
        report = services.reportFailure
    }

    // MARK: Candidates

    /// Somebody asks to come in.
    ///
    /// - Parameter isAdmitted: whether it may come in as it is, given a place.
    /// - Throws: as `Community.requestEntry`.
    func ask(_ account: AccountID, into instance: Instance, message: String?, isAdmitted: Bool) async throws -> Candidate {
        let present = try await community.standing(of: account, in: instance.id).candidate
        var hold = RoomPlaces.Hold.none
        if isAdmitted || present?.isApproved == true { hold = self.hold(for: account, in: instance, passesQueue: false) }
        return try await settled(hold, account, instance.id) {
            try await community.requestEntry(
                into: instance.id, by: account, message: message, isAdmitted: isAdmitted, reservedUntil: hold.until)
        }
    }

    /// Somebody who decides lets somebody in.
    ///
    /// - Throws: as `Community.acceptCandidate`.
    func accept(_ account: AccountID, into instance: Instance, by actor: AccountID) async throws -> Candidate {
        let hold = hold(for: account, in: instance, passesQueue: true)
        return try await settled(hold, account, instance.id) {
            try await community.acceptCandidate(account, into: instance.id, by: actor, reservedUntil: hold.until)
        }
    }

    /// Nobody comes for a place that may have been held.
    func giveUp(_ account: AccountID, in instance: InstanceID) async {
        rooms.withPlaces(of: instance) { $0.release(account) }
        await fill(instance)
    }

    private func hold(for account: AccountID, in instance: Instance, passesQueue: Bool) -> RoomPlaces.Hold {
        let now = clock()
        return rooms.withPlaces(of: instance.id) {
            $0.hold(
                for: account, capacity: instance.capacity, until: now.adding(seconds: seconds), at: now, passesQueue: passesQueue)
        }
    }

    /// Keeps a place that was held when the candidate has it, and gives it back otherwise.
    private func settled(
        _ hold: RoomPlaces.Hold, _ account: AccountID, _ instance: InstanceID, _ request: () async throws -> Candidate
    ) async throws -> Candidate {
        var candidate: Candidate
        do {
            candidate = try await request()
        } catch {
            if case .made = hold { await giveUp(account, in: instance) }
            throw error
        }
        switch hold {
        case .made(let until) where candidate.state == .accepted && candidate.expiresAt == until: watch(account, instance, until)
        case .made:
            rooms.withPlaces(of: instance) { $0.release(account) }
            try await keepPromise(to: account, instance)
        case .kept, .none: if candidate.state == .accepted { try await keepPromise(to: account, instance) }
        }
        if candidate.state == .queued { rooms.withPlaces(of: instance) { $0.hasQueue = true } }
        guard candidate.state != .accepted else { return candidate }
        await fill(instance)
        // A place may have become free since it was looked for.
        if candidate.state == .queued, let present = try await community.standing(of: account, in: instance).candidate {
            candidate = present
        }
        return candidate
    }

    /// Holds a place that was promised, whatever has become of it meanwhile: as the database has it now, since the person may have come in or gone.
    private func keepPromise(to account: AccountID, _ instance: InstanceID) async throws {
        let now = clock()
        guard let candidate = try await community.standing(of: account, in: instance).candidate, candidate.hasPlace(at: now),
            let until = candidate.expiresAt, rooms.holdPromised(account, in: instance, until: until)
        else { return }
        watch(account, instance, until)
    }

    // MARK: Free places

    /// A player is gone: its place is for the next, and an instance may end with its owner. On a loop.
    func vacated(_ instance: InstanceID, by player: Player) {
        guard !draining.withLock({ $0 }), let loop = EventLoop.current else { return }
        if rooms.isAwaited(instance) { loop.start { await self.fill(instance) } }
        if community.hasInstanceChannels { loop.start { await self.followChannel(player.account.id, instance) } }
        guard player.isOwner, !rooms.holds(player.account.id, in: instance) else { return }
        loop.start {
            do {
                try await self.community.endInstance(instance, leftBy: player.account.id)
            } catch {
                self.report(error)
            }
        }
    }

    /// Makes somebody a member of the instance's channel as long as it is inside: looks again until both are the same.
    func followChannel(_ account: AccountID, _ instance: InstanceID) async {
        guard community.hasInstanceChannels else { return }
        var isInside: Bool
        repeat {
            isInside = rooms.holds(account, in: instance)
            do {
                try await community.setMember(account, ofChannelOf: instance, isInside: isInside)
            } catch {
                return report(error)
            }
        } while rooms.holds(account, in: instance) != isInside
    }

    /// Gives free places to those who wait, the first first.
    func fill(_ instance: InstanceID) async {
        guard !draining.withLock({ $0 }), rooms.beginFilling(instance) else { return }
        var isQueueEmpty: Bool
        repeat {
            do {
                isQueueEmpty = try await giveOut(instance)
            } catch {
                // Looked at again when the next one leaves, and now and then.
                isQueueEmpty = false
                report(error)
            }
        } while rooms.endFilling(instance, isQueueEmpty: isQueueEmpty)
    }

    /// - Returns: whether nobody waits any more.
    private func giveOut(_ instance: InstanceID) async throws -> Bool {
        while let (account, capacity) = try await community.firstQueued(in: instance) {
            let now = clock()
            let hold = rooms.withPlaces(of: instance) { places in
                places.hasQueue = true
                return places.hold(
                    for: account, capacity: capacity, until: now.adding(seconds: seconds), at: now, passesQueue: true)
            }
            guard let until = hold.until else { return false }
            do {
                guard try await community.acceptQueued(account, in: instance, until: until) else {
                    rooms.withPlaces(of: instance) { $0.release(account) }
                    continue
                }
            } catch {
                rooms.withPlaces(of: instance) { $0.release(account) }
                throw error
            }
            watch(account, instance, until)
        }
        return true
    }

    /// Looks at a place again when it has been held for long enough. On a loop.
    private func watch(_ account: AccountID, _ instance: InstanceID, _ until: Timestamp) {
        guard let loop = EventLoop.current else { return }
        let rest = max(until.microseconds - clock().microseconds, 0) + 1_000
        loop.schedule(after: .microseconds(rest)) {
            loop.start { await self.expire(account, instance) }
        }
    }

    private func expire(_ account: AccountID, _ instance: InstanceID) async {
        guard !draining.withLock({ $0 }) else { return }
        do {
            if let until = try await community.expireCandidate(account, in: instance) { return watch(account, instance, until) }
        } catch {
            report(error)
            return watch(account, instance, clock().adding(seconds: 1))
        }
        let now = clock()
        rooms.withPlaces(of: instance) { $0.release(account, heldUntil: now) }
        await fill(instance)
    }

    // MARK: Start and end

    /// Holds the places again that were held when the program ended, before anybody comes.
    func prepare() async throws {
        try await community.emptyInstanceChannels()
        let (held, awaited) = try await community.heldPlaces()
        for place in held { rooms.withPlaces(of: place.instance) { _ = $0.restore(for: place.account, until: place.until) } }
        for instance in awaited { rooms.withPlaces(of: instance) { $0.hasQueue = true } }
    }

    /// Begins to look at places that are held and at those who wait. On a loop.
    func start() async {
        do {
            for place in try await community.heldPlaces().held { watch(place.account, place.instance, place.until) }
        } catch {
            report(error)
        }
        await fillAll()
    }

    /// Gives out what may have become free unseen.
    func fillAll() async {
        for instance in rooms.awaited { await fill(instance) }
    }

    /// The sockets are about to be closed: their places are nobody's.
    func drain() {
        draining.withLock { $0 = true }
    }
}
