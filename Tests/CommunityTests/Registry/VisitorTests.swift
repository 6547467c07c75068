import Community
import Primitives
import StorageTesting
import Testing

/// People of other servers: who is shut out, and who is forgotten (contracts/reileta.md 2.7), on both engines.
struct VisitorTests {
    private static func person(_ number: Int) -> ExternalPerson {
        let digits = String(number)
        let id = "u_00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
        return ExternalPerson(name: ExternalName(id: id, server: "far.example.org"), username: "far\(number)", display: "Far \(number)")
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
            // What it is called is asked anew, whatever was written down of a stranger.
            try await community.setDisabled(false, visitor: stranger.name)
            #expect(try await community.admit(stranger).account.displayName == "Far 3")
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
            let moment = world.clock.now.adding(seconds: 1)
            #expect(try await !community.removeForgottenVisitors(before: world.clock.now))
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
            // The last login is over.
            world.clock.advance(seconds: 86_400)
            try await community.removeExpired()
            _ = try await community.removeForgottenVisitors(before: moment)
            #expect(try await community.externalUser(Self.person(8).name) == nil)
            #expect(try await community.registryUser(.id(owner)).id == owner)
        }
    }
}
