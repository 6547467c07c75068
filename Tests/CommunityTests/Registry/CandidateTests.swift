import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// Who asks to come into an instance, and what becomes of it (contracts/reileta.md 3.5), on both engines.
struct CandidateTests {
    /// An instance of `owner` with what tests of candidates need.
    private struct Scene {
        let world: TestWorld
        let owner: AccountID
        let instance: Instance

        init(_ world: TestWorld, moderators: [AccountID]? = nil) async throws {
            self.world = world
            owner = try await world.account("owner")
            var changes = InstanceChanges()
            changes.moderators = moderators
            let place = try await world.visitedWorld(by: owner)
            instance = try await world.community.createInstance(changes, of: place.reference, chosenID: nil, by: owner)
        }

        var end: Timestamp { world.clock.now.adding(seconds: 60) }

        func ask(
            _ account: AccountID, _ message: String? = nil, isAdmitted: Bool = true, until: Timestamp? = nil
        ) async throws -> Candidate {
            try await world.community.requestEntry(
                into: instance.id, by: account, message: message, isAdmitted: isAdmitted, reservedUntil: until)
        }

        func accept(_ account: AccountID, by actor: AccountID? = nil, until: Timestamp? = nil) async throws -> Candidate {
            try await world.community.acceptCandidate(account, into: instance.id, by: actor ?? owner, reservedUntil: until)
        }

        func own(_ account: AccountID) async throws -> Candidate? {
            try await world.community.candidacy(of: account, in: instance.id).candidate
        }

        func listed() async throws -> [AccountID] {
            try await world.community.candidates(of: instance.id, for: owner, TestWorld.window).items.map(\.account.id)
        }

        /// What has been told since a number of events, shortly.
        func told(after count: Int) -> [String] {
            world.changes.dropFirst(count).map { change in
                switch change {
                case .candidateChanged(let change): "\(change.candidate.account.username) \(change.action) \(change.candidate.state.name)"
                case .queueChanged(let queue): "queue \(queue.accounts.count)"
                case .instanceChanged(_, let action): "instance \(action)"
                default: "other"
                }
            }
        }
    }

    @Test(arguments: TestEngine.available) func theStateFollowsFromAdmissionAndPlaces(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let scene = try await Scene(world)
            let (robin, wren, crow) = (try await world.account("robin"), try await world.account("wren"), try await world.account("crow"))
            let count = world.changes.count
            let end = scene.end
            let accepted = try await scene.ask(robin, "Hello", until: end)
            #expect(accepted.state == .accepted && accepted.expiresAt == end && accepted.message == "Hello" && !accepted.isApproved)
            let queued = try await scene.ask(wren, "")
            #expect(queued.state == .queued && queued.position == 1 && queued.message == nil && queued.expiresAt == nil)
            let pending = try await scene.ask(crow, isAdmitted: false)
            #expect(pending.state == .pending && pending.position == nil)
            // Asking again changes nothing and tells nothing.
            #expect(try await scene.ask(crow, "Please") == pending)
            #expect(try await scene.ask(robin, isAdmitted: false) == accepted)
            #expect(scene.told(after: count) == ["robin added accepted", "wren added queued", "queue 1", "crow added pending"])
            #expect(try await scene.listed() == [robin, wren, crow])
            let own = try await world.community.candidacy(of: wren, in: scene.instance.id)
            #expect(own.queued == 1 && own.candidate == queued)
        }
    }

    @Test(arguments: TestEngine.available) func theQueueIsServedInOrder(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let scene = try await Scene(world)
            let id = scene.instance.id
            var people: [AccountID] = []
            for name in ["robin", "wren", "crow"] { people.append(try await world.account(name)) }
            for person in people { _ = try await scene.ask(person) }
            let first = try #require(try await world.community.firstQueued(in: id))
            #expect(first.account == people[0] && first.capacity == 10)
            let count = world.changes.count
            #expect(try await world.community.acceptQueued(people[0], in: id, until: scene.end))
            #expect(try await !world.community.acceptQueued(people[0], in: id, until: scene.end))
            #expect(scene.told(after: count) == ["robin accepted accepted", "queue 2"])
            #expect(try await scene.own(people[1])?.position == 1)
            #expect(try await scene.own(people[2])?.position == 2)
            // Who has come in is on no list; who leaves the queue makes the others move up.
            try await world.community.noteEntry(of: people[0], into: id)
            #expect(try await scene.own(people[0]) == nil)
            try await world.community.withdrawCandidate(people[1], from: id, by: people[1])
            #expect(try await scene.own(people[2])?.position == 1)
            #expect(
                scene.told(after: count + 2) == ["robin removed accepted", "wren removed queued", "queue 1"])
            // Who was pending stands behind who has waited.
            let owl = try await world.account("owl")
            _ = try await scene.ask(owl, isAdmitted: false)
            _ = try await scene.ask(people[0])
            #expect(try await scene.accept(owl).position == 3)
            #expect(try await scene.listed() == [people[2], people[0], owl])
        }
    }

    @Test(arguments: TestEngine.available) func aPlaceIsHeldForAWhile(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let scene = try await Scene(world)
            let id = scene.instance.id
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let end = scene.end
            _ = try await scene.ask(robin, until: end)
            _ = try await scene.accept(wren, until: end)
            #expect(try await world.community.expireCandidate(robin, in: id) == end)
            let places = try await world.community.heldPlaces()
            #expect(places.held.map(\.account) == [robin, wren] && places.held.allSatisfy { $0.until == end && $0.instance == id })
            #expect(places.awaited.isEmpty)
            world.clock.advance(seconds: 60)
            for account in [robin, wren] {
                #expect(try await world.community.expireCandidate(account, in: id) == nil)
                #expect(try await scene.own(account)?.state == .expired)
            }
            #expect(try await world.community.heldPlaces().held.isEmpty)
            #expect(try await scene.listed().isEmpty)
            // Who was decided on needs no other decision for a day.
            #expect(try await scene.ask(robin, isAdmitted: false).state == .pending)
            #expect(try await scene.ask(wren, isAdmitted: false, until: scene.end).state == .accepted)
            world.clock.advance(seconds: 60)
            _ = try await world.community.expireCandidate(wren, in: id)
            world.clock.advance(seconds: Limits.approvalSeconds)
            try await world.community.removeExpired()
            #expect(try await scene.own(wren) == nil)
            #expect(try await scene.ask(wren, isAdmitted: false, until: scene.end).state == .pending)
        }
    }

    @Test(arguments: TestEngine.available) func whoIsRefusedWaits(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let scene = try await Scene(world)
            let id = scene.instance.id
            let robin = try await world.account("robin")
            await #expect(throws: CommunityError.unknownCandidate) {
                try await world.community.refuseCandidate(robin, of: id, by: scene.owner)
            }
            _ = try await scene.ask(robin)
            let count = world.changes.count
            #expect(try await world.community.refuseCandidate(robin, of: id, by: scene.owner).state == .refused)
            #expect(scene.told(after: count) == ["robin refused refused", "queue 0"])
            world.clock.advance(seconds: Limits.refusalSeconds - 1)
            await #expect(throws: CommunityError.candidateRefused(retryAfter: 2)) { try await scene.ask(robin) }
            await #expect(throws: CommunityError.unknownCandidate) {
                try await world.community.withdrawCandidate(robin, from: id, by: robin)
            }
            world.clock.advance(seconds: 1)
            #expect(try await scene.ask(robin).state == .queued)
            _ = try await world.community.refuseCandidate(robin, of: id, by: scene.owner)
            // Those who decide may take a refusal back.
            try await world.community.withdrawCandidate(robin, from: id, by: scene.owner)
            #expect(try await scene.ask(robin).state == .queued)
        }
    }

    @Test(arguments: TestEngine.available) func thoseWhoDecideDo(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let scene = try await Scene(world, moderators: [wren])
            #expect(scene.instance.moderators == [wren])
            let id = scene.instance.id
            await #expect(throws: CommunityError.notRegistryOwner) { try await scene.accept(robin, by: robin, until: scene.end) }
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await world.community.refuseCandidate(wren, of: id, by: robin)
            }
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await world.community.withdrawCandidate(wren, from: id, by: robin)
            }
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await world.community.candidates(of: id, for: robin, TestWorld.window)
            }
            for actor in [root, scene.owner, wren] {
                let invited = try await scene.accept(robin, by: actor, until: scene.end)
                #expect(invited.state == .accepted && invited.isApproved)
                // Once more is the same place, for as long as was said.
                #expect(try await scene.accept(robin, by: actor, until: scene.end.adding(seconds: 5)) == invited)
                try await world.community.withdrawCandidate(robin, from: id, by: actor)
            }
            await #expect(throws: CommunityError.unknownAccount) { try await scene.accept(AccountID(1)) }
            await #expect(throws: CommunityError.unknownInstance) {
                try await world.community.requestEntry(
                    into: InstanceID(1), by: robin, message: nil, isAdmitted: true, reservedUntil: nil)
            }
        }
    }

    @Test(arguments: TestEngine.available) func requestsHaveALimit(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let place = try await world.visitedWorld(by: wren)
            func ask(_ instance: Instance) async throws -> Candidate {
                try await world.community.requestEntry(
                    into: instance.id, by: robin, message: nil, isAdmitted: false, reservedUntil: nil)
            }
            for _ in 0..<Limits.candidaciesPerAccount { _ = try await ask(try await world.instance(of: place, by: wren)) }
            let last = try await world.instance(of: place, by: wren)
            await #expect(throws: CommunityError.limitReached(name: "open requests of one account", limit: 32)) { try await ask(last) }
            _ = try await world.community.acceptCandidate(robin, into: last.id, by: wren, reservedUntil: nil)
            let long = String(repeating: "x", count: 129)
            let error = await #expect(throws: CommunityError.self) {
                try await world.community.requestEntry(
                    into: last.id, by: robin, message: long, isAdmitted: false, reservedUntil: nil)
            }
            guard case .invalid(let fields)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fields.map(\.name) == ["message"])
        }
    }

    @Test(arguments: TestEngine.available) func anInstanceHasAThousand(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let scene = try await Scene(world)
            let robin = try await world.account("robin")
            let instance = scene.instance.id.rawValue
            try await world.database.transaction { tx in
                for number in 0..<Limits.candidatesPerInstance {
                    try tx.execute(
                        """
                        INSERT INTO instance_candidates (id, instance_id, account_id, state, place, is_approved, created_at)
                        VALUES ($1, $2, $3, 0, $1, 0, 0)
                        """, [.integer(number + 1), .integer(instance), .integer(-number - 1)])
                }
            }
            let reached = CommunityError.limitReached(name: "candidates of one instance", limit: 1_000)
            await #expect(throws: reached) { try await scene.ask(robin) }
            await #expect(throws: reached) { try await scene.accept(robin) }
        }
    }

    @Test(arguments: TestEngine.available) func whatIsGoneLeavesNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let scene = try await Scene(world, moderators: [robin, wren])
            let id = scene.instance.id
            _ = try await scene.ask(robin)
            _ = try await scene.ask(wren)
            try await world.community.impose(.mute, on: robin, player: nil, in: id, by: scene.owner)
            let count = world.changes.count
            try await world.community.deleteRegistryUser(robin, by: robin)
            #expect(scene.told(after: count).prefix(2) == ["robin removed queued", "queue 1"])
            #expect(try await world.community.instance(scene.instance.selector).moderators == [wren])
            let later = world.changes.count
            try await world.community.deleteInstance(scene.instance.selector, by: scene.owner)
            #expect(scene.told(after: later) == ["wren removed queued", "instance deleted"])
            let rows = try await world.database.read { reader in
                try reader.first(
                    "SELECT (SELECT COUNT(*) FROM instance_candidates) + (SELECT COUNT(*) FROM instance_sanctions)", []
                ) { try $0.integer(0) }
            }
            #expect(rows == 0)
        }
    }

    @Test(arguments: TestEngine.available) func otherProcessesHearTheSame(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            let scene = try await Scene(world, moderators: [wren])
            let position = try await world.community.eventPosition().latest
            let count = world.changes.count
            _ = try await scene.ask(robin, "Hello")
            try await world.community.deleteInstance(scene.instance.selector, by: scene.owner)
            let live = world.changes.dropFirst(count).compactMap(Self.change)
            let filled = try await world.filledRegistryEvents(after: position).compactMap(Self.change)
            #expect(live.count == 2 && filled == live)
            #expect(filled.first?.candidate.message == "Hello" && filled.first?.place.moderators == [wren])
        }
    }

    private static func change(_ event: CommunityEvent) -> CandidateChange? {
        if case .candidateChanged(let change) = event { return change }
        return nil
    }
}
