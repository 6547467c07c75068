import Community
import StorageTesting
import Testing

/// Services (contracts/reileta.md 2.4), on both engines.
struct RegistryServiceTests {
    @Test(arguments: TestEngine.available) func servicesAreMadeByThoseWhoMay(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let robin = try await world.account("robin")
            let community = world.community
            await #expect(throws: CommunityError.missingTag(AccountTag.serviceCreator)) {
                try await community.createService(RegistryServiceChanges(), chosenID: nil, by: robin)
            }
            let plain = try await community.createService(RegistryServiceChanges(), chosenID: nil, by: root)
            #expect(plain.title == "New service" && plain.version == "1.0.0" && plain.tags.isEmpty && plain.requirements.isEmpty)
            #expect(try await community.service(.number(plain.id.rawValue)) == plain)
            var changes = RegistryServiceChanges()
            changes.title = "Owl post"
            changes.tags = ["a", "b", "a"]
            changes.url = .set("https://owl.example/")
            changes.requirements = [
                .init(id: "p_1", version: "1", isRequired: true), .init(id: "p_\"2\"", version: nil, isRequired: false),
            ]
            let chosen = try await community.createService(changes, chosenID: TestWorld.firstUUID, by: root)
            #expect(chosen.tags == ["a", "b"] && chosen.requirements == changes.requirements)
            #expect(try await community.service(.chosen(TestWorld.firstUUID)) == chosen)
            await #expect(throws: CommunityError.registryIDTaken) {
                try await community.createService(changes, chosenID: TestWorld.firstUUID, by: root)
            }
            #expect(try await community.services(matching: "OWL", references: nil, TestWorld.window).items == [chosen])
            #expect(try await community.services(matching: nil, references: nil, TestWorld.window).items == [chosen, plain])
            let named = try await community.services(
                matching: nil, references: [plain.reference, .number(1), chosen.reference], TestWorld.window)
            #expect(named.total == 2 && named.items == [plain, chosen])
        }
    }

    @Test(arguments: TestEngine.available) func servicesAreChangedByTheirOwners(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let root = try await world.administrator()
            let robin = try await world.account("robin")
            let community = world.community
            let made = try await community.createService(RegistryServiceChanges(), chosenID: nil, by: root)
            var changes = RegistryServiceChanges()
            changes.description = .set("Mail")
            await #expect(throws: CommunityError.notRegistryOwner) {
                try await community.updateService(made.reference, changes, by: robin)
            }
            await #expect(throws: CommunityError.notRegistryOwner) { try await community.deleteService(made.reference, by: robin) }
            let changed = try await community.updateService(made.reference, changes, by: root)
            #expect(changed.description == "Mail" && changed.title == made.title)
            #expect(try await community.service(made.reference) == changed)
            try await community.deleteService(made.reference, by: root)
            await #expect(throws: CommunityError.unknownService) { try await community.service(made.reference) }
        }
    }
}
