import JSON
import Primitives
import Testing

@testable import Community
@testable import Reileta

/// contracts/reileta.md 4.6, and 1.1: "Explicit `null` only where stated (e.g. Instance `master`)".
@Suite("Instances on the wire")
struct InstanceWireTests {
    private static let least = [
        "id", "name", "title", "capacity", "world", "world_ids", "owner", "owner_ids", "master", "server", "tags", "password", "created_at",
        "updated_at",
    ]

    private static func instance(_ change: (inout Instance) -> Void = { _ in }) -> Instance {
        var instance = Instance(
            id: InstanceID(3), chosenID: nil, ownerID: AccountID(7), name: "nest-1", title: "Nest", description: nil, capacity: 10,
            worldID: WorldID(5), worldChosenID: nil, hasWorld: true, worldVersion: nil, tags: ["avr:private"], hasPassword: false,
            whitelist: nil, createdAt: Forms.made, updatedAt: Forms.changed)
        change(&instance)
        return instance
    }

    private static func player(_ number: Int64, of account: Account) -> Player {
        let user = Forms.wire().identity.userAt(account.id)
        return Player(
            id: "p_\(number)", account: account, user: user, role: .normal, isOwner: false, isBot: false, joinedAt: Forms.made)
    }

    @Test("have only what they have, and no players in events; only the master is null")
    func least() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.instance(Self.instance(), players: nil, to: &$0) }
        #expect(object.names == Self.least && Forms.nulls(in: object) == ["/master"])
        let (world, owner) = (wire.identity.identifiers.text(.world, 5), wire.identity.user(AccountID(7)))
        #expect(object.text("world") == "\(world)@nest.example" && object.text("world_ids") == "\(world)@nest.example")
        #expect(object.text("owner") == "\(owner)@nest.example" && object.text("owner_ids") == "\(owner)@nest.example")
        #expect(object.text("id") == wire.identity.identifiers.text(.instance, 3) && object.text("name") == "nest-1")
        #expect(object.flag("password") == false && object.texts("tags") == ["avr:private"] && object.text("server") == "nest.example")
    }

    @Test("have all that they have")
    func most() throws {
        let wire = Forms.wire()
        let instance = Self.instance {
            ($0.chosenID, $0.worldChosenID, $0.worldVersion, $0.hasPassword) = (Forms.uuid, Forms.uuid, "2", true)
            ($0.description, $0.whitelist) = ("Tonight.", ["wren"])
        }
        let object = try Forms.object { wire.instance(instance, players: [], connected: 0, to: &$0) }
        #expect(
            Set(object.names) == Set(Self.least + ["description", "moderators", "users", "connected", "players"]),
            "and nobody reads who is let in")
        #expect(object.text("id") == "i_\(Forms.uuid)" && object.text("world") == "w_\(Forms.uuid):2@nest.example")
        #expect(object.text("world_ids") == object.text("world") && object.flag("password") == true)
        #expect(object.text("description") == "Tonight." && object.texts("users") == [] && object.number("connected") == 0)
        #expect(Forms.nulls(in: object) == ["/master"])
    }

    @Test("name everybody once, and each of their sockets")
    func players() throws {
        let wire = Forms.wire()
        let (robin, wren) = (Forms.account(7) { $0.displayName = "Robin R." }, Forms.account(8) { $0.username = "wren" })
        let players = [Self.player(1, of: robin), Self.player(2, of: wren), Self.player(3, of: robin)]
        let object = try Forms.object { wire.instance(Self.instance(), players: players, connected: 5, to: &$0) }
        let (first, second) = ("\(wire.identity.user(robin.id))@nest.example", "\(wire.identity.user(wren.id))@nest.example")
        #expect(object.texts("users") == [first, second] && object.number("connected") == 5)
        let shown = try #require(object.objects("players"))
        #expect(shown.map { $0.text("player") } == ["p_1", "p_2", "p_3"] && shown.map { $0.text("id") } == ["p_1", "p_2", "p_3"])
        #expect(
            shown.map { $0.text("user") } == [first, second, first] && shown.map { $0.text("display") } == ["Robin R.", "wren", "Robin R."])
        #expect(shown[0].names == ["player", "id", "user", "display", "role", "is_bot", "joined_at"])
        #expect(shown[0].text("role") == "normal" && shown[0].flag("is_bot") == false && shown[0].number("joined_at") == 1_700_000_000_123)
    }
}
