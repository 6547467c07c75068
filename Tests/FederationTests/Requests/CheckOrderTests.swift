import Federation
import Primitives
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.3, "Verification order and answers".
struct CheckOrderTests {
    /// What is wrong with a request, in the order in which it is looked for.
    enum Fault: Int, CaseIterable, Sendable {
        case malformed
        case unknownKey
        case untimely
        case unsigned
        case wrongDigest
        case replayed

        var failure: TrustFailure {
            switch self {
            case .malformed: .invalidSignature("The signature is not as it has to be: not all that has to be is covered.")
            case .unknownKey: .unknownKey
            case .untimely: .untimely
            case .unsigned: .invalidSignature("The signature does not fit the request.")
            case .wrongDigest: .wrongDigest("Content-Digest does not fit the body.")
            case .replayed: .replayed
            }
        }
    }

    /// A request with faults, each of which is put in without mending another.
    private func message(with faults: Set<Fault>, in world: TrustWorld) throws -> SignedMessage {
        let key = try TestKeys.key(faults.contains(.unknownKey) ? 9 : 1)
        var message = try world.draft(key) { draft in
            if faults.contains(.untimely) { draft.created -= 121 }
            if faults.contains(.replayed) { draft.nonce = "a-nonce-of-this-test" }
        }.signed()
        if faults.contains(.wrongDigest) { message.body[0] = UInt8(ascii: "[") }
        if faults.contains(.unsigned) { message.path = "/galaxies" }
        if faults.contains(.malformed) {
            message.headers = message.headers.map { ($0.name, $0.value.replacing(#""@method" "#, with: "")) }
        }
        return message
    }

    @Test(arguments: TestEngine.available, Fault.allCases) func whatIsWrongFirstIsAnswered(_ engine: TestEngine, _ fault: Fault)
        async throws
    {
        try await TrustWorld.run(on: engine) { world in
            // The nonce of the replay has been used by a good request.
            let first = world.draft(try TestKeys.key(1)) { $0.nonce = "a-nonce-of-this-test" }
            _ = try await world.federation.metadataServer(signing: try first.signed())
            for last in Fault.allCases where last.rawValue >= fault.rawValue {
                await #expect(throws: fault.failure, "\(fault) and \(last)") {
                    try await world.federation.metadataServer(signing: try message(with: [fault, last], in: world))
                }
            }
            let all = Set(Fault.allCases.filter { $0.rawValue >= fault.rawValue })
            await #expect(throws: fault.failure) {
                try await world.federation.metadataServer(signing: try message(with: all, in: world))
            }
            try await world.expectTaken(try TestKeys.key(1))
        }
    }

    /// Step 1: "no tagged member => not S2S".
    @Test func aRequestWithoutTheTagIsNobodys() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let plain = SignedMessage(method: "GET", scheme: "https", authority: "galaxy.example.com", path: "/galaxy/g1", headers: [])
            #expect(try await world.federation.metadataServer(signing: plain) == nil)
            var other = try world.draft(try TestKeys.key(1)).signed()
            other.headers = other.headers.map { ($0.name, $0.value.replacing("cosmos-s2s-v1", with: "another-tag")) }
            #expect(try await world.federation.metadataServer(signing: other) == nil)
            #expect(world.others.requests.isEmpty)
        }
    }

    /// 3.3, "Time".
    @Test(
        arguments: [
            (-121, 60, false), (-120, 60, true), (60, 60, true), (61, 60, false), (-360, 300, true), (-361, 300, false), (0, 301, false),
        ]
            as [(Int64, Int64, Bool)]) func theWindowHasTheseEdges(_ offset: Int64, _ lifetime: Int64, _ isGood: Bool) async throws
    {
        try await TrustWorld.run(on: .sqlite) { world in
            let message = try world.draft(try TestKeys.key(1)) { draft in
                draft.created += offset
                draft.lifetime = lifetime
            }.signed()
            if isGood {
                #expect(try await world.federation.metadataServer(signing: message) != nil)
            } else {
                await #expect(throws: TrustFailure.untimely) { try await world.federation.metadataServer(signing: message) }
            }
        }
    }

    /// 3.3, "Several signatures": "accept when one verifies with a trusted key; ignore the rest".
    @Test(arguments: [true, false]) func oneGoodSignatureIsEnough(_ goodIsFirst: Bool) async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let (good, stranger) = (world.draft(try TestKeys.key(1)) { $0.label = "good" }, world.draft(try TestKeys.key(9)))
            let message = try goodIsFirst ? stranger.signed(try good.signed()) : good.signed(try stranger.signed())
            #expect(try await world.federation.metadataServer(signing: message)?.keyID == TestKeys.key(1).thumbprint)
        }
    }

    /// 3.5: "A key of an identity source never authenticates S2S and the reverse".
    @Test(arguments: TestEngine.available) func aRoleDoesNotSpeakForTheOther(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (metadata, identity) = (try TestKeys.key(1), try TestKeys.key(101))
            try await world.identity(world.token(identity))
            await world.expectRefused(identity, .unknownKey)
            try await world.expectTaken(metadata)
            await #expect(throws: TrustFailure.unknownKey) { try await world.identity(world.token(metadata)) }
        }
    }

    /// 4, "Standalone mode": without a metadata server nobody signs, and that is no failure of a server.
    @Test func withoutSourcesEveryKeyIsUnknown() async throws {
        try await TrustWorld.run(on: .sqlite, { $0.sources = [] }) { world in
            await world.expectRefused(try TestKeys.key(1), .unknownKey)
        }
    }
}
