import Federation
import HTTPClient
import Primitives
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.5, "Pinning".
struct PinTests {
    private static let url = TrustWorld.metadata.keysURL

    private func pinning(_ keys: UInt8..., mode: PinMode = .introduce) -> (inout FederationSettings) throws -> Void {
        { settings in
            settings.sources[0].pins = try keys.map { try TestKeys.key($0).thumbprint }
            settings.pinMode = mode
        }
    }

    /// A document of some keys that one of them, or another, has signed.
    private func signedDocument(
        _ keys: [Ed25519PrivateKey], by signer: Ed25519PrivateKey, at now: Int64, lifetime: Int64 = 86_400, url: String = url,
        components: [String] = ["@status", "content-digest", "@authority;req", "@path;req"], body: [UInt8]? = nil
    ) throws -> OutboundResponse {
        let document = JSONWebKeySet.document(keys.map(\.publicKey))
        let target = url.dropFirst("https://".count)
        let request = SignedMessage(
            method: "GET", scheme: "https", authority: String(target.prefix { $0 != "/" }), path: String(target.drop { $0 != "/" }),
            headers: [])
        var headers = [("content-type", "application/jwk-set+json"), ("content-digest", ContentDigest.field(for: document))]
        let fields = try MessageSigner(key: signer, tag: "cosmos-keys-v1").fields(
            for: request.response(status: 200, headers: headers, body: document), covering: components, created: now,
            expires: now + lifetime)
        headers += [("signature-input", fields.input), ("signature", fields.signature)]
        return OutboundResponse(status: 200, headers: headers, body: body ?? document)
    }

    @Test(arguments: TestEngine.available) func onlyWhatIsPinnedCounts(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, pinning(1)) { world in
            world.others.publish([try TestKeys.key(1), try TestKeys.key(2)], at: Self.url)
            try await world.expectTaken(try TestKeys.key(1))
            await world.expectRefused(try TestKeys.key(2), .unknownKey)
            // The pin of one server is no pin of another.
            try await world.identity(world.token(try TestKeys.key(101)))
        }
    }

    @Test func whatIsPinnedHasToBePublished() async throws {
        try await TrustWorld.run(on: .sqlite, pinning(2)) { world in
            await world.expectRefused(try TestKeys.key(2), .unknownKey)
            await world.expectRefused(try TestKeys.key(1), .unknownKey)
        }
    }

    /// "keys introduced by a signed key document, are trusted"; "The new thumbprint is stored with the introducer".
    @Test(arguments: TestEngine.available) func aSignedDocumentBringsNewKeys(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, pinning(1)) { world in
            let (first, second, third) = (try TestKeys.key(1), try TestKeys.key(2), try TestKeys.key(3))
            world.others.answer(Self.url, .success(try signedDocument([first, second], by: first, at: world.now)))
            try await world.expectTaken(second)
            #expect(world.notices == [.introduced([second.thumbprint], origin: TrustWorld.metadata.origin, by: first.thumbprint)])
            // What was introduced stays so: without a signature, and after a restart.
            world.others.publish([first, second, third], at: Self.url)
            world.clock.advance(seconds: 3_600)
            try await world.expectTaken(second)
            await world.expectRefused(third, .unknownKey)
            // It introduces others itself, also when the first has gone.
            world.others.answer(Self.url, .success(try signedDocument([second, third], by: second, at: world.now)))
            world.clock.advance(seconds: 60)
            try await world.expectTaken(third)
            try await world.again { other in try await other.expectTaken(third) }
            let states = try await world.federation.trustedKeys().filter { $0.source?.role == .metadata }
            #expect(
                Dictionary(uniqueKeysWithValues: states.map { ($0.thumbprint, $0.state) }) == [
                    first.thumbprint: .pinned, second.thumbprint: .introduced(by: first.thumbprint),
                    third.thumbprint: .introduced(by: second.thumbprint),
                ])
        }
    }

    /// Test vector 4, through the whole path.
    @Test func theDocumentOfTheVectorIntroducesItsSecondKey() async throws {
        let clock = ManualClock()
        clock.advance(seconds: 1_767_225_600 - clock.now.seconds)
        try await TrustWorld.run(on: .sqlite, clock: clock) { settings in
            settings.isTestMode = true
            settings.sources[1].pins = [Ed25519PublicKey.exampleThumbprint]
        } _: { world in
            let second = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").flatMap { Ed25519PublicKey($0) })
            world.others.publish(
                JSONWebKeySet.document([try TestKeys.example().publicKey, second]), at: TrustWorld.identity.keysURL,
                headers: [
                    ("content-type", "application/json"),
                    ("content-digest", "sha-256=:cyUA809AZiZ9zP23UCnDFcQY+aRRn+dIf2Z4jaMvan8=:"),
                    (
                        "signature-input",
                        #"sig1=("@status" "content-digest" "@authority";req "@path";req);created=1767225600;expires=1767312000;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";tag="cosmos-keys-v1""#
                    ),
                    ("signature", "sig1=:7OAQR1/5biPED3oUlrFc4G92AGY9ypP39aEk7vXrUELPLX9CMpWK7SKRFDk4MkNOWUaMQ3mhmcuE2fjH0zGUBQ==:"),
                ])
            try await world.identity(world.token(try TestKeys.example()))
            #expect(
                world.notices == [
                    .introduced(
                        ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"], origin: TrustWorld.identity.origin,
                        by: Ed25519PublicKey.exampleThumbprint)
                ])
        }
    }

    enum Flaw: CaseIterable, Sendable {
        case stranger, old, future, tooLong, otherURL, otherBody, uncoveredStatus, uncoveredDigest, uncoveredPath, expiredKey, example,
            revoked
    }

    @Test(arguments: Flaw.allCases) func anUnconvincingSignatureBringsNothing(_ flaw: Flaw) async throws {
        let (pinned, newcomer, example) = (try TestKeys.key(1), try TestKeys.key(2), try TestKeys.example())
        try await TrustWorld.run(on: .sqlite, { $0.sources[0].pins = [pinned.thumbprint, example.thumbprint] }) { world in
            let all = ["@status", "content-digest", "@authority;req", "@path;req"]
            let keys = [pinned, newcomer, example]
            let now = world.now
            var answer =
                switch flaw {
                case .stranger: try signedDocument(keys, by: newcomer, at: now)
                case .old: try signedDocument(keys, by: pinned, at: now - 86_400 - 61)
                case .future: try signedDocument(keys, by: pinned, at: now + 61)
                case .tooLong: try signedDocument(keys, by: pinned, at: now, lifetime: 7 * 86_400 + 1)
                case .otherURL: try signedDocument(keys, by: pinned, at: now, url: TrustWorld.identity.keysURL)
                case .otherBody:
                    try signedDocument([pinned], by: pinned, at: now, body: JSONWebKeySet.document(keys.map(\.publicKey)))
                case .uncoveredStatus: try signedDocument(keys, by: pinned, at: now, components: all.filter { $0 != "@status" })
                case .uncoveredDigest: try signedDocument(keys, by: pinned, at: now, components: all.filter { $0 != "content-digest" })
                case .uncoveredPath: try signedDocument(keys, by: pinned, at: now, components: all.filter { $0 != "@path;req" })
                case .example: try signedDocument(keys, by: example, at: now)
                case .expiredKey, .revoked: try signedDocument(keys, by: pinned, at: now)
                }
            if flaw == .revoked { try await world.federation.revoke(pinned.thumbprint) }
            if flaw == .expiredKey {
                answer = try signedWithLimit(pinned, newcomer, expires: now)
            }
            world.others.answer(Self.url, .success(answer))
            await world.expectRefused(newcomer, .unknownKey)
            #expect(world.notices.isEmpty)
            if flaw != .revoked, flaw != .expiredKey { try await world.expectTaken(pinned) }
        }
    }

    /// A document whose first key has ended, signed by it.
    private func signedWithLimit(_ pinned: Ed25519PrivateKey, _ other: Ed25519PrivateKey, expires: Int64) throws -> OutboundResponse {
        func entry(_ key: Ed25519PrivateKey, _ more: String) -> String {
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(key.publicKey.base64URL)"\#(more)}"#
        }
        let body = Array("{\"keys\":[\(entry(pinned, #","exp":\#(expires)"#)),\(entry(other, ""))]}".utf8)
        var headers = [("content-type", "application/json"), ("content-digest", ContentDigest.field(for: body))]
        let request = SignedMessage(
            method: "GET", scheme: "https", authority: "metadata.example.net", path: "/.well-known/http-message-signatures-directory",
            headers: [])
        let fields = try MessageSigner(key: pinned, tag: "cosmos-keys-v1").fields(
            for: request.response(status: 200, headers: headers, body: body),
            covering: ["@status", "content-digest", "@authority;req", "@path;req"], created: expires, expires: expires + 60)
        headers += [("signature-input", fields.input), ("signature", fields.signature)]
        return OutboundResponse(status: 200, headers: headers, body: body)
    }

    /// "`pinMode=strict` turns introduction off", also of what was introduced before; `off`: pins are not looked at.
    @Test(arguments: TestEngine.available) func theModeDecidesWhatPinsMean(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, pinning(1)) { world in
            let (pinned, introduced, other) = (try TestKeys.key(1), try TestKeys.key(2), try TestKeys.key(3))
            world.others.answer(Self.url, .success(try signedDocument([pinned, introduced], by: pinned, at: world.now)))
            try await world.expectTaken(introduced)
            world.others.answer(Self.url, .success(try signedDocument([pinned, introduced, other], by: pinned, at: world.now)))
            world.clock.advance(seconds: 3_600)
            try await world.again {
                $0.pinMode = .strict
            } _: { strict in
                try await strict.expectTaken(pinned)
                await strict.expectRefused(introduced, .unknownKey)
                await strict.expectRefused(other, .unknownKey)
                #expect(strict.notices.isEmpty)
                let states = try await strict.federation.trustedKeys()
                #expect(states.first { $0.thumbprint == introduced.thumbprint }?.state == .notTrusted)
                // The operator may pin what was introduced.
                try await strict.federation.pin(introduced.thumbprint, of: TrustWorld.metadata.origin)
                try await strict.expectTaken(introduced)
            }
            try await world.again {
                $0.pinMode = .off
            } _: {
                try await $0.expectTaken(other)
            }
        }
    }

    /// "Without pins, trust is TLS to the configured origin": keys that were introduced once do not keep out the others then.
    @Test(arguments: TestEngine.available) func withoutPinsTheDocumentIsBelieved(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, pinning(1)) { world in
            let (pinned, introduced) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.answer(Self.url, .success(try signedDocument([pinned, introduced], by: pinned, at: world.now)))
            try await world.expectTaken(introduced)
            try await world.again {
                $0.sources[0].pins = []
            } _: { other in
                try await other.expectTaken(pinned)
                try await other.expectTaken(introduced)
            }
        }
    }

    /// 12: `trust pin`, by another process while the server runs.
    @Test(arguments: TestEngine.available) func aPinOfTheCommandLineCountsAtOnce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (first, second) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([first, second], at: Self.url)
            try await world.expectTaken(second)
            try await world.again { try await $0.federation.pin(first.thumbprint, of: TrustWorld.metadata.origin) }
            try await world.expectTaken(first)
            await world.expectRefused(second, .unknownKey)
            let states = try await world.federation.trustedKeys().filter { $0.source?.role == .metadata }
            #expect(states.map(\.state).count { $0 == .pinned } == 1 && states.map(\.state).count { $0 == .notTrusted } == 1)
        }
    }

    @Test func whatCannotBePinnedIsRefused() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let (key, origin) = (try TestKeys.key(1), TrustWorld.metadata.origin)
            for text in ["", "short", String(repeating: "a", count: 42) + "=", String(repeating: "a", count: 44)] {
                await #expect(throws: KeyChangeFailure.noThumbprint) { try await world.federation.pin(text, of: origin) }
                await #expect(throws: KeyChangeFailure.noThumbprint) { try await world.federation.revoke(text) }
            }
            await #expect(throws: KeyChangeFailure.unknownSource) {
                try await world.federation.pin(key.thumbprint, of: "https://a.example")
            }
            // A pin that never counts would keep out all others.
            try await world.federation.revoke(key.thumbprint)
            await #expect(throws: KeyChangeFailure.revokedKey) { try await world.federation.pin(key.thumbprint, of: origin) }
        }
    }

    /// "if one host plays both roles, two URLs are used": a pin of one role's key must not lock out the other's.
    @Test(arguments: TestEngine.available) func aPinGoesToTheRoleThatShowsTheKey(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine, { $0.sources[1].origin = TrustWorld.metadata.origin }) { world in
            let (metadata, identity) = (try TestKeys.key(1), try TestKeys.key(101))
            await #expect(throws: KeyChangeFailure.ambiguousSource) {
                try await world.federation.pin(metadata.thumbprint, of: TrustWorld.metadata.origin)
            }
            try await world.expectTaken(metadata)
            try await world.identity(world.token(identity))
            try await world.federation.pin(metadata.thumbprint, of: TrustWorld.metadata.origin)
            try await world.expectTaken(metadata)
            try await world.identity(world.token(identity))
        }
    }
}
