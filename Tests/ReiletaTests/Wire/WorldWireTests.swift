import JSON
import Primitives
import Storage
import Testing

@testable import Community
@testable import Reileta

/// contracts/reileta.md 4.3 to 4.5: what is not there is left out, never null.
@Suite("Worlds and services on the wire")
struct WorldWireTests {
    private static let least = [
        "id", "title", "capacity", "tags", "owner_id", "owner", "owner_ids", "server", "external", "fallback", "created_at", "updated_at",
    ]

    private static func world(_ change: (inout World) -> Void = { _ in }) -> World {
        var world = World(
            id: WorldID(5), ownerID: AccountID(7), title: "Nest", capacity: 10, tags: ["avr:public"], createdAt: Forms.made,
            updatedAt: Forms.changed)
        change(&world)
        return world
    }

    private static func asset(_ file: WorldAsset.File?) -> WorldAsset {
        WorldAsset(
            id: WorldAssetID(6), worldID: WorldID(5), build: .init(version: "1", engine: "unity", platform: "windows"), file: file,
            createdAt: Forms.made, updatedAt: Forms.made)
    }

    @Test("have only what they have, and no assets in events")
    func least() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.world(Self.world(), assets: nil, to: &$0) }
        #expect(object.names == Self.least && Forms.nulls(in: object).isEmpty)
        let owner = wire.identity.user(AccountID(7))
        #expect(object.text("id") == wire.identity.identifiers.text(.world, 5) && object.text("owner_id") == owner)
        #expect(object.text("owner") == "\(owner)@nest.example" && object.text("owner_ids") == "\(owner)@nest.example")
        #expect(object.number("capacity") == 10 && object.texts("tags") == ["avr:public"] && object.text("server") == "nest.example")
        #expect(object.flag("external") == false && object.flag("fallback") == false)
        #expect(object.number("created_at") == 1_700_000_000_123 && object.number("updated_at") == 1_700_000_001_000)
    }

    @Test("have all that they have")
    func most() throws {
        let wire = Forms.wire()
        let world = Self.world { ($0.chosenID, $0.description, $0.thumbnail) = (Forms.uuid, "High up.", Forms.picture()) }
        let object = try Forms.object { wire.world(world, assets: [Self.asset(nil)], isFallback: true, to: &$0) }
        #expect(
            Set(object.names) == Set(Self.least + ["description", "thumbnail", "assets"]) && object.names.count == Self.least.count + 3)
        #expect(object.text("id") == "w_\(Forms.uuid)" && object.text("description") == "High up." && object.flag("fallback") == true)
        #expect(object.text("thumbnail") == "https://nest.example/api/worlds/w_\(Forms.uuid)/thumbnail?t=1700000000123")
        #expect(object.objects("assets")?.count == 1)
        let empty = try Forms.object { wire.world(world, assets: [], to: &$0) }
        #expect(empty.objects("assets")?.isEmpty == true)
    }

    @Test("have assets that say where their file is")
    func assets() throws {
        let wire = Forms.wire()
        let id = wire.identity.asset(Self.asset(nil))
        func shown(_ file: WorldAsset.File?) throws -> JSONForm {
            let object = try Forms.object { wire.asset(Self.asset(file), of: "w_1", to: &$0) }
            #expect(object.text("id") == id && object.text("engine") == "unity" && object.text("platform") == "windows")
            #expect(object.text("version") == "1" && Forms.nulls(in: object).isEmpty)
            return JSONForm(
                names: object.names, url: object.text("url"), hash: object.text("hash"), size: object.number("size"),
                isEmpty: object.flag("empty"))
        }
        let names = ["id", "version", "engine", "platform", "url", "hash", "size"]
        let digest = String(repeating: "01", count: 32)
        #expect(try shown(nil) == JSONForm(names: names + ["empty"], url: "unknown", hash: "unknown", size: 0, isEmpty: true))
        #expect(
            try shown(.stored(Forms.picture().blob))
                == JSONForm(names: names, url: "https://nest.example/api/worlds/w_1/assets/\(id)/file", hash: digest, size: 1))
        #expect(
            try shown(.external(url: "https://files.example/nest", digest: nil, size: 9))
                == JSONForm(names: names, url: "https://files.example/nest", hash: "unknown", size: 9))
        #expect(
            try shown(.external(url: "https://files.example/nest", digest: Forms.picture().blob.digest, size: 9))
                == JSONForm(names: names, url: "https://files.example/nest", hash: digest, size: 9))
    }

    private struct JSONForm: Equatable {
        var names: [String]
        var url: String?
        var hash: String?
        var size: Int64?
        var isEmpty: Bool?
    }

    @Test("have services that name what they need")
    func service() throws {
        let wire = Forms.wire()
        var service = RegistryService(
            id: RegistryServiceID(4), chosenID: nil, ownerID: AccountID(7), title: "Weather", description: nil, version: "1.0.0", url: nil,
            tags: [], requirements: [], createdAt: Forms.made, updatedAt: Forms.changed)
        let least = try Forms.object { wire.service(service, to: &$0) }
        #expect(least.names == ["id", "title", "version", "author", "tags", "require", "server", "created_at", "updated_at"])
        #expect(least.text("author") == "\(wire.identity.user(AccountID(7)))@nest.example" && Forms.nulls(in: least).isEmpty)
        (service.description, service.url) = ("Rain.", "https://weather.example")
        service.requirements = [.init(id: "p_1", version: "2", isRequired: true), .init(id: "p_2", version: nil, isRequired: false)]
        let most = try Forms.object { wire.service(service, to: &$0) }
        #expect(most.text("description") == "Rain." && most.text("url") == "https://weather.example")
        let required = try #require(most.objects("require"))
        #expect(required.map(\.names) == [["id", "version", "required"], ["id", "required"]])
        #expect(required.map { $0.text("id") } == ["p_1", "p_2"] && required.map { $0.flag("required") } == [true, false])
    }
}
