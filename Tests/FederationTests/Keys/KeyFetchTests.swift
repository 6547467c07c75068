import Federation
import HTTPClient
import Security
import StorageTesting
import Testing

/// contracts/cosmos.md 3.5, "Fetch" and "Document".
struct KeyFetchTests {
    private static let url = TrustWorld.metadata.keysURL

    /// "https only, no redirects, 5 s total, 64 KiB".
    @Test func aFetchIsSmallAndShort() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            try await world.expectTaken(try TestKeys.key(1))
            let request = try #require(world.others.requests.first)
            #expect(request.method == "GET" && request.body.isEmpty)
            #expect(request.timeout == .seconds(5) && request.bodyLimit == 65_536 && request.overflow == .refuse)
        }
    }

    @Test(arguments: [false, true]) func plainHTTPIsForTests(_ isAllowed: Bool) async throws {
        let source = KeySource(role: .metadata, origin: "http://127.0.0.1:4000", keysURL: "http://127.0.0.1:4000/keys")
        try await TrustWorld.run(on: .sqlite) { settings in
            settings.sources = [source]
            settings.allowsInsecureSources = isAllowed
        } _: { world in
            world.others.publish([try TestKeys.key(1)], at: source.keysURL)
            if isAllowed {
                #expect(try await world.request(try TestKeys.key(1))?.origin == source.origin)
            } else {
                await world.expectRefused(try TestKeys.key(1), .unavailable)
                #expect(world.others.requests.isEmpty)
            }
        }
    }

    /// "JSON media types"; no other status than 200 is a document.
    @Test(
        arguments: [
            (200, "application/json", true), (200, "application/jwk-set+json; charset=utf-8", true),
            (200, "application/http-message-signatures-directory+json", true), (200, "Application/JSON", true), (200, "text/html", false),
            (200, "text/json", false), (200, nil, false), (201, "application/json", false), (302, "application/json", false),
            (404, "application/json", false), (500, "application/json", false),
        ] as [(Int, String?, Bool)]) func anAnswerIsADocumentOrNot(_ status: Int, _ type: String?, _ isGood: Bool) async throws
    {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            world.others.answer(
                Self.url,
                .success(
                    OutboundResponse(
                        status: status, headers: type.map { [("content-type", $0)] } ?? [], body: JSONWebKeySet.document([key.publicKey]))))
            if isGood { try await world.expectTaken(key) } else { await world.expectRefused(key, .unavailable) }
        }
    }

    /// "at most 32 keys".
    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":["#]) func whatIsNoDocumentTakesNothingAway(_ body: String) async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            try await world.expectTaken(try TestKeys.key(1))
            world.others.publish(Array(body.utf8), at: Self.url)
            world.clock.advance(seconds: 3_600)
            try await world.expectTaken(try TestKeys.key(1))
            world.others.publish(try (2...34).map { try TestKeys.key($0) }, at: Self.url)
            world.clock.advance(seconds: 60)
            try await world.expectTaken(try TestKeys.key(1))
            #expect(world.notices.count == 2)
            world.others.publish(try (2...33).map { try TestKeys.key($0) }, at: Self.url)
            world.clock.advance(seconds: 60)
            await world.expectRefused(try TestKeys.key(1), .unknownKey)
        }
    }

    /// "Optional `nbf`/`exp` (unix seconds) limit use."
    @Test func aKeyMayHaveLimits() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            let document = """
                {"keys":[{"kty":"OKP","crv":"Ed25519","x":"\(key.publicKey.base64URL)","nbf":\(world.now + 100),"exp":\(world.now + 200)}]}
                """
            world.others.publish(Array(document.utf8), at: Self.url)
            world.clock.advance(seconds: 99)
            await world.expectRefused(key, .unknownKey)
            world.clock.advance(seconds: 1)
            try await world.expectTaken(key)
            world.clock.advance(seconds: 99)
            try await world.expectTaken(key)
            world.clock.advance(seconds: 1)
            await world.expectRefused(key, .unknownKey)
        }
    }

    /// "refused unless `testMode` is on".
    @Test(arguments: TestEngine.available, [false, true]) func theExampleKeyIsForTests(_ engine: TestEngine, _ isTestMode: Bool)
        async throws
    {
        try await TrustWorld.run(on: engine, { $0.isTestMode = isTestMode }) { world in
            let key = try TestKeys.example()
            world.others.publish([key, try TestKeys.key(1)], at: Self.url)
            if isTestMode { try await world.expectTaken(key) } else { await world.expectRefused(key, .unknownKey) }
            try await world.expectTaken(try TestKeys.key(1))
            let states = try await world.federation.trustedKeys().filter { $0.thumbprint == key.thumbprint }.map(\.state)
            #expect(states == [isTestMode ? .published : .example])
        }
    }
}
