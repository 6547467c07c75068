import Cosmos
import StorageTesting
import Testing

/// contracts/cosmos.md 9.7: what a metadata server tells.
struct MetadataEventTests {
    private static func tell(
        _ world: CosmosWorld, _ type: String, _ data: String, number: String, at path: String = "/webhooks/metadata"
    ) async throws -> Answer {
        try await world.sendSigned(
            "POST", path, [("webhook-id", number)], body: #"{"type":"\#(type)","timestamp":"2027-01-15T08:00:00Z","data":\#(data)}"#)
    }

    private static func name(_ world: CosmosWorld) async throws -> String? {
        try await world.send("GET", "/galaxy/g1").string("name")
    }

    /// "Dedupe by (source, webhook-id) for 24 h => 204."
    @Test func `what was told within a day is not done again`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            #expect(try await Self.tell(world, "galaxy.updated", #"{"id":"g1","name":"One"}"#, number: "n1").status == 204)
            #expect(try await Self.tell(world, "galaxy.updated", #"{"id":"g1","name":"Two"}"#, number: "n1").status == 204)
            #expect(try await Self.name(world) == "One")
            world.clock.advance(seconds: 86_400)
            #expect(try await Self.tell(world, "galaxy.updated", #"{"id":"g1","name":"Three"}"#, number: "n1").status == 204)
            #expect(try await Self.name(world) == "Three")
        }
    }

    /// What was refused may be sent again under its number.
    @Test func `what failed counts as not told`() async throws {
        try await CosmosWorld.run { world in
            #expect(try await Self.tell(world, "galaxy.updated", #"{"id":"g1","name":"One"}"#, number: "n1").code == 4300)
            try await world.makeGalaxy()
            #expect(try await Self.tell(world, "galaxy.updated", #"{"id":"g1","name":"One"}"#, number: "n1").status == 204)
            #expect(try await Self.name(world) == "One")
        }
    }

    /// contracts/cosmos.md 5.2: "`/v1/...` = version 1 explicitly".
    @Test func `the version may be named`() async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let answer = try await Self.tell(
                world, "galaxy.updated", #"{"id":"g1","name":"One"}"#, number: "n1", at: "/v1/webhooks/metadata")
            #expect(answer.status == 204 && answer["Cosmos-Version"] == "1")
        }
    }

    @Test(arguments: [
        (#"{"id":"g1","iconHash":""}"#, "/data/iconHash"), (#"{"id":"g1","iconHash":"a\u0000"}"#, "/data/iconHash"),
        (#"{"id":"g1","publicFlags":-1}"#, "/data/publicFlags"), (#"{"id":7}"#, "/data/id"), ("{}", "/data/id"),
    ])
    func `what is wrong is named`(data: String, path: String) async throws {
        try await CosmosWorld.run { world in
            try await world.makeGalaxy()
            let answer = try await Self.tell(world, "galaxy.updated", data, number: "n1")
            #expect(answer.status == 400 && answer.code == 4400 && answer.text.contains(#""path":"\#(path)""#))
        }
    }

    /// "with header `webhook-id` present and covered".
    @Test func `the number of a delivery is part of it`() async throws {
        try await CosmosWorld.run { world in
            let body = #"{"type":"galaxy.deleted","timestamp":"2027-01-15T08:00:00Z","data":{"id":"g1"}}"#
            #expect(try await world.sendSigned("POST", "/webhooks/metadata", body: body).code == 4400)
            let fields = try world.peers.signed("POST", "/webhooks/metadata", body: body) + [("webhook-id", "n1")]
            #expect(try await world.send("POST", "/webhooks/metadata", fields, body: body).code == 4101)
        }
    }

    /// "Unknown type => 204."
    @Test func `what is new is no failure`() async throws {
        try await CosmosWorld.run { world in
            let answer = try await Self.tell(world, "galaxy.painted", #"{"colour":7}"#, number: "n1")
            #expect(answer.status == 204 && answer.text.isEmpty)
        }
    }
}
