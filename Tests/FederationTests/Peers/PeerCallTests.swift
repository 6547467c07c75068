import Federation
import HTTPClient
internal import JSON
import StorageTesting
import Testing

@Suite struct PeerCallTests {
    @Test(
        arguments: [
            ("<html>", PeerFailure.badData), ("{}", .noData), (#"{"data":null}"#, .noData), (#"{"error":{}}"#, .badData), ("[]", .badData),
            (#"{"error":{"code":17,"status":404,"message":"User Not Found"}}"#, .refused(code: 17, status: 404, message: "User Not Found")),
            (#"{"error":{"code":10}}"#, .badRedirection), (#"{"data":1,"redirect":5}"#, .badRedirection),
            (#"{"data":1,"redirect":{"http":"ftp://x"}}"#, .badRedirection),
            (#"{"data":1,"redirect":{"http":"https://10.0.0.1"}}"#, .badRedirection),
        ]) func answersThatAreNoGood(_ body: String, _ failure: PeerFailure) async throws
    {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "b.example.org") { request in
                request.url.target == "/api/users/x" ? OutboundResponse(status: 200, body: Array(body.utf8)) : nil
            }
            await #expect(throws: failure) { _ = try await a.call(PeerCall("GET", "/api/users/x"), at: "b.example.org") }
        }
    }

    /// A gateway that has moved is followed once, and remembered.
    @Test func aMovedGatewayIsFollowed() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "b.example.org") { request in
                request.url.target == "/api/time" ? PeerNetwork.refusal(10, redirect: "https://new.example.org") : nil
            }
            network.answer(for: "new.example.org") { _ in PeerNetwork.response { $0.value(7) } }
            for _ in 0..<2 {
                let data = try await a.call(PeerCall("GET", "/api/time"), at: "b.example.org").data
                #expect(try data.integer() == 7)
            }
            #expect(network.requests.filter { $0 == "GET https://b.example.org/api/time" }.count == 1)
            // And not in circles.
            network.answer(for: "new.example.org") { _ in PeerNetwork.refusal(10, redirect: "https://b.example.org") }
            await #expect(throws: PeerFailure.badRedirection) { _ = try await a.call(PeerCall("GET", "/api/time"), at: "b.example.org") }
        }
    }

    @Test func whoAsksIsSaid() async throws {
        try await PeerNetwork.run(on: .sqlite) { network, a, _ in
            network.answer(for: "b.example.org") { request in
                guard request.url.target != "/api/server" else { return nil }
                return PeerNetwork.response { json in
                    json.array { json in for header in request.headers { json.value("\(header.name): \(header.value)") } }
                }
            }
            let call = PeerCall("PUT", "/api/x", body: [0x7B, 0x7D], person: "u_1@a.example.org")
            let lines = try await a.call(call, at: "b.example.org").data.array().map { try $0.string() }
            #expect(lines.contains("user-agent: AVR/1.0(Server; a.example.org)"))
            #expect(lines.contains("via: AVR/a.example.org") && lines.contains("x-avr-as: u_1@a.example.org"))
        }
    }

    @Test(arguments: TestEngine.available) func whatIsKnownIsListedAndForgotten(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { _, a, _ in
            _ = try await a.challenge("b.example.org")
            let records = a.records
            let peer = try #require(try await records.all().first)
            #expect(peer.address == "b.example.org" && peer.isAuthenticated && !peer.isAuthorized && peer.rule == .none)
            #expect(try await records.setRule(.denied, of: "https://B.example.org") == "b.example.org")
            #expect(try await records.setRule(.denied, of: "no host") == nil)
            await #expect(throws: PeerFailure.blocked) { try await a.requireWelcome("b.example.org") }
            #expect(try await records.forget("b.example.org"))
            #expect(try await !records.forget("b.example.org"))
            #expect(try await records.all().isEmpty)
            #expect(try await records.challenges().isEmpty)
            try await a.requireWelcome("b.example.org")
        }
    }

    @Test(arguments: TestEngine.available) func aTokenCanBeEnded(_ engine: TestEngine) async throws {
        try await PeerNetwork.run(on: engine) { network, a, b in
            _ = try await a.challenge("b.example.org")
            let incoming = try #require(try await b.records.challenges(with: "a.example.org").first)
            #expect(try await b.records.revoke(incoming))
            #expect(try await !b.records.revoke(incoming))
            #expect(try await b.records.challenges(id: incoming.id).map(\.state) == [.revoked])
            let before = network.requests.filter { $0.hasPrefix("PUT") }.count
            _ = try await a.call(PeerCall("GET", "/api/secret", needsToken: true), at: "b.example.org")
            #expect(network.requests.filter { $0.hasPrefix("PUT") }.count == before + 1)
        }
    }
}
