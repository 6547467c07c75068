import Federation
import HTTPClient
import JSON
import StorageTesting
import Testing

@Suite struct DiscoveryTests {
    @Test func aServerIsAskedOnceInTenMinutes() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            let server = try await a.find("B.example.org")
            #expect(server.address == "b.example.org" && server.http == "https://b.example.org")
            _ = try await a.find("https://b.example.org/")
            #expect(network.requests == ["GET https://b.example.org/api/server"])
            network.clock.advance(seconds: 599)
            _ = try await a.find("b.example.org")
            #expect(network.requests.count == 1)
            network.clock.advance(seconds: 2)
            _ = try await a.find("b.example.org")
            #expect(network.requests.count == 2)
        }
    }

    /// One that was not there is looked for again after ten seconds.
    @Test func whoeverComesBackIsFound() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "b.example.org") { _ in OutboundResponse(status: 503) }
            await #expect(throws: PeerFailure.self) { _ = try await a.find("b.example.org") }
            network.answer(for: "b.example.org", nil)
            network.clock.advance(seconds: 9)
            await #expect(throws: PeerFailure.self) { _ = try await a.find("b.example.org") }
            network.clock.advance(seconds: 2)
            let server = try await a.find("b.example.org")
            #expect(server.address == "b.example.org")
        }
    }

    @Test(arguments: ["a.example.org", "A.EXAMPLE.ORG", "nobody.example.org", "no host", "10.0.0.1", "localhost", "b.example.org:22"])
    func whatIsNoOtherServerIsNotFound(_ address: String) async throws {
        try await PeerNetwork.run(on: .sqlite) { _, a, _ in
            let failure = await #expect(throws: PeerFailure.self) { _ = try await a.find(address) }
            guard case .unknownServer = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
        }
    }

    /// Whoever says that it is another is that other only when the other is the same server; then it is known by its own name and gateway.
    @Test func anAliasIsTheServerItNames() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "alias.example.org") { _ in
                PeerNetwork.response { PeerNetwork.document(of: "b.example.org", http: "https://evil.example.org", to: &$0) }
            }
            let server = try await a.find("alias.example.org")
            #expect(server.address == "b.example.org" && server.http == "https://b.example.org")
        }
    }

    @Test func nobodyIsAnotherByItsWordAlone() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            for claimed in ["b.example.org", "a.example.org", "nobody.example.org"] {
                network.answer(for: "\(claimed.prefix(1))-liar.example.org") { _ in
                    PeerNetwork.response { PeerNetwork.document(of: claimed, id: "another", to: &$0) }
                }
                await #expect(throws: PeerFailure.self) { _ = try await a.find("\(claimed.prefix(1))-liar.example.org") }
            }
        }
    }

    @Test(
        arguments: [
            "", "{}", "[]", "null", #"{"data":null}"#, #"{"data":{}}"#, #"{"error":{"code":1},"data":{}}"#, "<html>",
            #"{"data":{"id":"b","title":"b","address":"b.example.org","version":"1","icon":"https://b/i","secure":true,"ready_at":1,"gateways":{"http":"https://b.example.org/path","ws":"wss://b"}}}"#,
            #"{"data":{"id":"b","title":"b","address":"b.example.org","version":"1","icon":"https://b/i","secure":true,"ready_at":1,"gateways":{"http":"https://10.0.0.1","ws":"wss://b"}}}"#,
            #"{"data":{"id":"b","title":"b","address":"b.example.org","version":"1","icon":"javascript:1","secure":true,"ready_at":1,"gateways":{"http":"https://b.example.org","ws":"wss://b"}}}"#,
            #"{"data":{"id":"","title":"b","address":"b.example.org","version":"1","icon":"https://b/i","secure":true,"ready_at":1,"gateways":{"http":"https://b.example.org","ws":"wss://b"}}}"#,
        ]) func whatIsNoServerIsNotBelieved(_ body: String) async throws
    {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "b.example.org") { _ in OutboundResponse(status: 200, body: Array(body.utf8)) }
            await #expect(throws: PeerFailure.self) { _ = try await a.find("b.example.org") }
            // For ten seconds it is not asked again.
            network.answer(for: "b.example.org", nil)
            await #expect(throws: PeerFailure.self) { _ = try await a.find("b.example.org") }
        }
    }
}
