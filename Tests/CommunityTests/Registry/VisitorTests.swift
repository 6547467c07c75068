import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// People of other servers: who is shut out, and who is forgotten (contracts/reileta.md 2.7), on both engines.
struct VisitorTests {
    private static func person(_ number: Int, of server: String = "far.example.org") -> ExternalPerson {
        let digits = String(number)
        let id = "u_00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
        return ExternalPerson(name: ExternalName(id: id, server: server), username: "far\(number)", display: "Far \(number)")
    }

    @Test(arguments: TestEngine.available) func whoeverIsShutOutComesInNoMore(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let (known, other, stranger) = (Self.person(1), Self.person(2), Self.person(3))
            let login = try await community.openIntegritySession(for: known)
            let kept = try await community.openIntegritySession(for: other)
            try await community.setDisabled(true, visitor: known.name)
            #expect(try await community.session(token: login.token, kind: .integrity) == nil)
            #expect(try await community.session(token: kept.token, kind: .integrity) != nil)
            // Before somebody has been here at all; and twice is once.
            for _ in 0..<2 { try await community.setDisabled(true, visitor: stranger.name) }
            for person in [known, stranger] {
                await #expect(throws: CommunityError.missingTag(AccountTag.logIn)) { _ = try await community.admit(person) }
                await #expect(throws: CommunityError.missingTag(AccountTag.logIn)) {
                    _ = try await community.openIntegritySession(for: person)
                }
            }
            #expect(try await community.disabledVisitors() == [known.name, stranger.name])
            #expect(world.changes.contains { if case .sessionEnded = $0 { true } else { false } })
            try await community.setDisabled(false, visitor: known.name)
            #expect(try await community.disabledVisitors() == [stranger.name])
            #expect(try await community.admit(known).id == login.account.id)
            // Nobody is made by being let in.
            try await community.setDisabled(false, visitor: Self.person(9).name)
            #expect(try await community.externalUser(Self.person(9).name) == nil)
            // What it is called is asked anew, whatever was written down of a stranger.
            try await community.setDisabled(false, visitor: stranger.name)
            #expect(try await community.admit(stranger).account.displayName == "Far 3")
        }
    }

    /// Whoever may not come in any more holds no place and stands in no queue.
    @Test(arguments: TestEngine.available) func whoeverIsShutOutWaitsForNothing(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let owner = try await world.account("owner")
            let instance = try await world.instance(of: try await world.visitedWorld(by: owner), by: owner)
            let people = [try await community.admit(Self.person(1)), try await community.admit(Self.person(2))].map(\.id)
            let local = try await world.account("local")
            for account in people + [local] {
                _ = try await community.requestEntry(
                    into: instance.id, by: account, message: nil, isAdmitted: true, reservedUntil: nil)
            }
            try await community.setDisabled(true, visitor: Self.person(1).name)
            #expect(try await community.candidacy(of: people[0], in: instance.id).candidate == nil)
            #expect(try await community.firstQueued(in: instance.id)?.account == people[1])
            _ = try await world.database.transaction { try Community.endIntegritySessions(ofServer: "far.example.org", in: $0) }
            #expect(try await community.candidacy(of: people[1], in: instance.id).candidate == nil)
            #expect(try await community.candidacy(of: local, in: instance.id).candidate?.position == 1)
            let queues = world.changes.compactMap { change -> [AccountID]? in
                if case .queueChanged(let queue) = change { queue.accounts } else { nil }
            }
            #expect(Array(queues.suffix(2)) == [[people[1], local], [local]])
        }
    }

    /// One machine may have invented all its servers and their people: they do not fill a list that others need too.
    @Test func oneMachineDoesNotFillAList() async throws {
        try await TestWorld.run(on: .sqlite) { world in
            let community = world.community
            let owner = try await world.account("owner")
            let instance = try await world.instance(of: try await world.visitedWorld(by: owner), by: owner)
            for number in 1...Int(Limits.candidatesPerMachine) + 1 {
                let server = "far.example.org" + (number.isMultiple(of: 2) ? "" : ":\(number)")
                let account = try await community.admit(Self.person(number, of: server)).id
                let ask = {
                    _ = try await community.requestEntry(
                        into: instance.id, by: account, message: nil, isAdmitted: true, reservedUntil: nil)
                }
                guard number > Limits.candidatesPerMachine else {
                    try await ask()
                    continue
                }
                let limit = Int(Limits.candidatesPerMachine)
                await #expect(
                    throws: CommunityError.limitReached(name: "candidates of one machine's servers in one instance", limit: limit)
                ) {
                    try await ask()
                }
            }
            let others = ["near.example.org", "notfar.example.org:1", "far.example.orga", "[2001:db8::1]:1"]
            for server in others {
                let account = try await community.admit(Self.person(1, of: server)).id
                _ = try await community.requestEntry(
                    into: instance.id, by: account, message: nil, isAdmitted: true, reservedUntil: nil)
            }
            for account in [try await world.account("local")] {
                _ = try await community.requestEntry(
                    into: instance.id, by: account, message: nil, isAdmitted: true, reservedUntil: nil)
            }
        }
    }

    /// People of other servers are in the home space as long as they are in a channel of it.
    @Test(arguments: TestEngine.available) func visitorsAreMembersWhileTheyAreInside(_ engine: TestEngine) async throws {
        var settings = CommunitySettings()
        settings.hasInstanceChannels = true
        try await TestWorld.run(on: engine, settings: settings) { world in
            let community = world.community
            let owner = try await world.account("owner")
            let place = try await world.visitedWorld(by: owner)
            let first = try await world.instance(of: place, by: owner)
            let second = try await world.instance(of: place, by: owner)
            let visitor = try await community.admit(Self.person(1)).id
            let home = try await world.home
            func isMember(_ account: AccountID) async throws -> Bool {
                try await world.database.read { reader in
                    try reader.first(
                        "SELECT account_id FROM members WHERE space_id = $1 AND account_id = $2",
                        [.integer(home.rawValue), .integer(account.rawValue)]
                    ) { _ in true } ?? false
                }
            }
            for instance in [first, second] {
                for account in [visitor, owner] {
                    try await community.setMember(account, ofChannelOf: instance.id, isInside: true)
                    #expect(try await isMember(account))
                }
            }
            try await community.setMember(visitor, ofChannelOf: first.id, isInside: false)
            #expect(try await isMember(visitor))
            try await community.setMember(visitor, ofChannelOf: second.id, isInside: false)
            #expect(try await !isMember(visitor))
            // As at a start, when nobody is inside.
            try await community.setMember(visitor, ofChannelOf: first.id, isInside: true)
            try await community.emptyInstanceChannels()
            #expect(try await !isMember(visitor))
            #expect(try await isMember(owner))
        }
    }

    @Test(arguments: TestEngine.available) func whoeverHasLeftNothingIsForgotten(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let owner = try await world.account("owner")
            let place = try await world.visitedWorld(by: owner)
            var visitors: [AccountID] = []
            for number in 1...8 { visitors.append(try await community.admit(Self.person(number)).id) }
            let (idle, banned, followed, follower, waits, helps, shutOut, here) = (
                visitors[0], visitors[1], visitors[2], visitors[3], visitors[4], visitors[5], visitors[6], visitors[7]
            )
            var changes = InstanceChanges()
            changes.moderators = [helps]
            let instance = try await community.createInstance(changes, of: place.reference, chosenID: nil, by: owner)
            try await community.impose(.ban, on: banned, player: nil, in: instance.id, by: owner)
            _ = try await community.follow(followed, by: owner)
            _ = try await community.follow(owner, by: follower)
            _ = try await community.requestEntry(into: instance.id, by: waits, message: nil, isAdmitted: true, reservedUntil: nil)
            try await community.setDisabled(true, visitor: Self.person(7).name)
            _ = try await community.openIntegritySession(for: Self.person(8))
            // Who has shown itself is taken to be here for a day.
            let moment = world.clock.now.adding(seconds: 86_400 + 1)
            #expect(try await !community.removeForgottenVisitors(before: world.clock.now.adding(seconds: 86_400)))
            #expect(try await community.externalUser(Self.person(1).name)?.id == idle)
            #expect(try await community.removeForgottenVisitors(before: moment, batch: 1))
            #expect(try await !community.removeForgottenVisitors(before: moment))
            #expect(try await community.externalUser(Self.person(1).name) == nil)
            #expect(community.externalNames[idle] == nil)
            for (number, account) in [(2, banned), (3, followed), (4, follower), (5, waits), (6, helps), (7, shutOut), (8, here)] {
                #expect(try await community.externalUser(Self.person(number).name)?.id == account)
                #expect(community.externalNames[account] == Self.person(number).name)
            }
            // As for the first time.
            let again = try await community.admit(Self.person(1))
            #expect(again.id != idle && again.externalUsername == "far1")
            // The last login is over, and whoever was here lately though its name is an old one stays.
            world.clock.advance(seconds: 86_400)
            try await community.removeExpired()
            _ = try await community.admit(Self.person(1))
            _ = try await community.removeForgottenVisitors(before: moment)
            #expect(try await community.externalUser(Self.person(8).name) == nil)
            #expect(try await community.externalUser(Self.person(1).name)?.id == again.id)
            #expect(try await community.registryUser(.id(owner)).id == owner)
        }
    }
}
