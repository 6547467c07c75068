import Community
import Primitives
import StorageTesting
import Testing

/// What is told of the registry, here and to other processes, and what it says of the server; on both engines.
struct RegistryEventTests {
    private static func summary(_ event: CommunityEvent) -> String {
        switch event {
        case .serverUpdated(let server): "server \(server.title ?? "")"
        case .worldChanged(let world, let action): "world \(world.title) \(action)"
        case .serviceChanged(let service, let action): "service \(service.title) \(action)"
        case .instanceChanged(let instance, let action): "instance \(instance.name) \(action)"
        default: "other"
        }
    }

    @Test(arguments: TestEngine.available) func changesAreToldWithTheirObjects(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let root = try await world.administrator()
            _ = try await community.registryServer()
            let position = try await community.eventPosition().latest
            let count = world.changes.count

            let place = try await world.visitedWorld(by: root, title: "Nest", tags: ["avr:public"], chosenID: TestWorld.firstUUID)
            let kept = try await world.visitedWorld(by: root, title: "Tree")
            let instance = try await world.instance(of: place, by: root, name: "inst", tags: ["avr:public"])
            var changes = RegistryServiceChanges()
            changes.title = "Post"
            let service = try await community.createService(changes, chosenID: nil, by: root)
            var server = RegistryServerChanges()
            server.title = "Roost"
            let said = try await community.updateRegistryServer(server, by: root)
            try await community.deleteInstance(instance.selector, by: root)
            try await community.deleteWorld(place.reference, by: root)
            try await community.deleteService(service.reference, by: root)

            let live = Array(world.changes.dropFirst(count))
            #expect(
                live.map(Self.summary) == [
                    "world Nest created", "world Tree created", "instance inst created", "service Post created", "server Roost",
                    "instance inst deleted", "world Nest deleted", "service Post deleted",
                ])
            // What has gone since is not told as new.
            let filled = try await world.filledRegistryEvents(after: position)
            #expect(
                filled.map(Self.summary) == [
                    "world Tree created", "server Roost", "instance inst deleted", "world Nest deleted", "service Post deleted",
                ])
            guard filled.count == 5, case .worldChanged(let told, _) = filled[0], case .serverUpdated(let toldServer) = filled[1],
                case .instanceChanged(let goneInstance, _) = filled[2], case .worldChanged(let goneWorld, _) = filled[3],
                case .serviceChanged(let goneService, _) = filled[4]
            else {
                Issue.record("\(filled)")
                return
            }
            #expect(told == kept && toldServer == said && goneInstance == instance && goneWorld == place && goneService == service)
        }
    }

    @Test(arguments: TestEngine.available) func theServerIsMadeOnce(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let made = try await withThrowingTaskGroup(of: RegistryServer.self) { group in
                for _ in 0..<8 { group.addTask { try await community.registryServer() } }
                return try await group.reduce(into: [RegistryServer]()) { $0.append($1) }
            }
            #expect(made.count == 8 && made.allSatisfy { $0 == made[0] })
            #expect(made[0].key.count == 32 && made[0].key != [UInt8](repeating: 0, count: 32))
            #expect(made[0].createdAt == world.clock.now && made[0].title == nil)
        }
    }

    @Test(arguments: TestEngine.available) func theServerKeepsWhatAdministratorsSay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let root = try await world.administrator()
            let robin = try await world.account("robin")
            let made = try await community.registryServer()
            var changes = RegistryServerChanges()
            (changes.description, changes.isSecure, changes.address) = (.set("Birds"), false, "a.example:1")
            await #expect(throws: CommunityError.missingTag(AccountTag.admin)) {
                try await community.updateRegistryServer(changes, by: robin)
            }
            #expect(try await community.registryServer() == made)
            world.clock.advance(seconds: 5)
            let changed = try await community.updateRegistryServer(changes, by: root)
            #expect(changed.key == made.key && changed.createdAt == made.createdAt && changed.updatedAt == world.clock.now)
            #expect(changed.description == "Birds" && changed.isSecure == false && changed.address == "a.example:1")
            #expect(try await community.registryServer() == changed)
        }
    }
}
