import Community
import Primitives
import Storage
import StorageTesting
import Testing

/// DESIGN sections 1 and 10: administrative acts are noted, and the log of them has an end.
struct AuditLogTests {
    /// The actions that are noted, oldest first.
    private static func actions(_ world: TestWorld) async throws -> [String] {
        try await world.database.read { try $0.query("SELECT action FROM audit_log ORDER BY id") { try $0.text(0) } }
    }

    @Test(arguments: TestEngine.available) func actsOfRankAreNoted(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let (ada, eve) = (try await world.account("ada"), try await world.account("eve"))
            let community = world.community
            let space = try await world.space(by: ada)
            _ = try await community.addMember(.account(eve), to: space.id, by: ada)
            _ = try await community.updateMember(eve, of: space.id, by: ada, role: .admin, nickname: .set("e"))
            _ = try await community.updateMember(eve, of: space.id, by: eve, role: nil, nickname: .set("own"))
            _ = try await community.updateChannel(space.general, by: eve, ChannelChanges(topic: .set("t")))
            let (own, other) = (
                try await community.createMessage(in: space.general, by: eve, content: "own").0.id,
                try await community.createMessage(in: space.general, by: ada, content: "other").0.id
            )
            for message in [own, other] { try await community.deleteMessage(message, in: space.general, by: eve) }
            try await community.deleteChannel(space.general, by: eve)
            _ = try await community.updateSpace(space.id, by: ada, SpaceChanges(name: "n"))
            try await community.removeMember(eve, from: space.id, by: ada)
            try await community.deleteSpace(space.id, by: ada)
            #expect(
                try await Self.actions(world) == [
                    "member_added", "role_changed", "nickname_changed", "channel_updated", "message_deleted", "channel_deleted",
                    "space_updated", "member_kicked", "space_deleted",
                ])
        }
    }

    @Test(arguments: TestEngine.available) func theLogKeepsAYearAndSoMany(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let ada = try await world.account("ada")
            let space = try await world.space(by: ada).id
            func rename(_ name: String) async throws { _ = try await world.community.updateSpace(space, by: ada, SpaceChanges(name: name)) }
            for number in 0..<5 { try await rename("\(number)") }
            #expect(try await !world.community.trimAuditLog(keepAtMost: 5))
            #expect(try await Self.actions(world).count == 5)
            // A few at a time.
            #expect(try await world.community.trimAuditLog(keepAtMost: 2, batch: 2))
            #expect(try await Self.actions(world).count == 3)
            #expect(try await !world.community.trimAuditLog(keepAtMost: 2, batch: 2))
            #expect(try await Self.actions(world).count == 2)
            world.clock.advance(seconds: Limits.auditSeconds)
            try await rename("a year later")
            world.clock.advance(seconds: 1)
            #expect(try await !world.community.trimAuditLog())
            #expect(try await Self.actions(world).count == 1)
        }
    }
}
