import Federation
import HTTPClient
import Security
import Storage
import StorageTesting
import Testing

/// contracts/cosmos.md 3.5, "Cache".
struct KeyCacheTests {
    private static let url = TrustWorld.metadata.keysURL

    @Test(arguments: TestEngine.available) func aKnownKeyCostsNoFetch(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            for _ in 0..<5 { try await world.expectTaken(try TestKeys.key(1)) }
            #expect(world.others.requests.map(\.url.text) == [Self.url])
        }
    }

    /// "Unknown keyid => one refetch, at most once per 60 s per source."
    @Test(arguments: TestEngine.available) func aHundredUnknownKeysCostOneFetch(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            try await world.expectTaken(try TestKeys.key(1))
            world.clock.advance(seconds: 60)
            for number in 0..<100 {
                await world.expectRefused(try TestKeys.key(UInt8(110 + number)), .unknownKey)
                if number == 50 { world.clock.advance(seconds: 59) }
            }
            #expect(world.others.fetches(of: Self.url) == 2)
            world.clock.advance(seconds: 1)
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            #expect(world.others.fetches(of: Self.url) == 3)
        }
    }

    @Test(arguments: TestEngine.available) func aNewKeyIsFoundAMinuteAfterTheLastFetch(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (old, new) = (try TestKeys.key(1), try TestKeys.key(2))
            try await world.expectTaken(old)
            world.others.publish([old, new], at: Self.url)
            await world.expectRefused(new, .unknownKey)
            world.clock.advance(seconds: 60)
            try await world.expectTaken(new)
            try await world.expectTaken(old)
        }
    }

    /// "a successful fetch that lacks a key removes it".
    @Test(arguments: TestEngine.available) func aKeyThatIsNotInTheNextDocumentIsGone(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let (old, new) = (try TestKeys.key(1), try TestKeys.key(2))
            world.others.publish([old, new], at: Self.url)
            try await world.expectTaken(old)
            world.others.publish([new], at: Self.url)
            world.clock.advance(seconds: 3_600)
            await world.expectRefused(old, .unknownKey)
            try await world.expectTaken(new)
            try await world.again { other in await other.expectRefused(old, .unknownKey) }
        }
    }

    /// "A failed fetch never evicts"; "Stale use at most 7 days after the last success (the Matrix cap), then 503/4108."
    @Test(arguments: TestEngine.available) func aServerThatIsAwayIsBelievedForAWeek(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let key = try TestKeys.key(1)
            try await world.expectTaken(key)
            world.others.answer(Self.url, nil)
            world.clock.advance(seconds: 3_600)
            try await world.expectTaken(key)
            #expect(world.notices == [.unreachable(TrustWorld.metadata.origin)])
            await world.expectRefused(try TestKeys.key(9), .unknownKey)
            world.clock.advance(seconds: 7 * 86_400 - 3_600)
            try await world.expectTaken(key)
            try await world.again { other in try await other.expectTaken(key) }
            world.clock.advance(seconds: 1)
            await world.expectRefused(key, .unavailable)
            try await world.again { other in await other.expectRefused(key, .unavailable) }
            world.others.publish([key], at: Self.url)
            world.clock.advance(seconds: 60)
            try await world.expectTaken(key)
        }
    }

    @Test(arguments: TestEngine.available) func aServerThatWasNeverReachedCannotSay(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            world.others.answer(Self.url, nil)
            await world.expectRefused(try TestKeys.key(1), .unavailable)
            // Not asked again within the minute.
            await world.expectRefused(try TestKeys.key(1), .unavailable)
            #expect(world.others.fetches(of: Self.url) == 1)
        }
    }

    /// A key may be that of the server that cannot be asked: only its refusal would be final.
    @Test func aServerThatIsAwayIsNotAnsweredByAnother() async throws {
        let away = KeySource(role: .metadata, origin: "https://away.example.net", keysURL: "https://away.example.net/keys")
        for sources in [[TrustWorld.metadata, away], [away, TrustWorld.metadata]] {
            try await TrustWorld.run(on: .sqlite, { $0.sources = sources }) { world in
                try await world.expectTaken(try TestKeys.key(1))
                await world.expectRefused(try TestKeys.key(9), .unavailable)
                world.others.publish([try TestKeys.key(9)], at: away.keysURL)
                world.clock.advance(seconds: 60)
                #expect(try await world.request(try TestKeys.key(9))?.origin == away.origin)
            }
        }
    }

    /// "Cache-Control max-age clamped to 300..86400 s (default 3600)."
    @Test(
        arguments: [
            (nil, 3_600), ("max-age=0", 300), ("max-age=299", 300), ("max-age=301", 301), ("public, Max-Age=7200", 7_200),
            ("max-age=86401", 86_400), ("max-age=99999999999999999999", 86_400), ("no-store", 300), ("max-age=7200, no-cache", 300),
            ("max-age=", 3_600), ("max-age=-5", 3_600), ("max-age=1h", 3_600), ("private", 3_600),
        ] as [(String?, Int64)]) func aDocumentIsFreshForSoLong(_ header: String?, _ seconds: Int64) async throws
    {
        try await TrustWorld.run(on: .sqlite) { world in
            let key = try TestKeys.key(1)
            world.others.publish([key], at: Self.url, cacheControl: header)
            try await world.expectTaken(key)
            world.clock.advance(seconds: seconds - 1)
            try await world.expectTaken(key)
            #expect(world.others.fetches(of: Self.url) == 1)
            world.clock.advance(seconds: 1)
            try await world.expectTaken(key)
            #expect(world.others.fetches(of: Self.url) == 2)
        }
    }

    /// "One fetch in flight per source."
    @Test(arguments: TestEngine.available) func thoseWhoComeMeanwhileWaitForTheSameFetch(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            let key = try TestKeys.key(1)
            world.others.hold()
            let messages = try (0..<10).map { _ in try world.draft(key).signed() }
            let callers = messages.map { message in
                Task.immediate { try await world.federation.metadataServer(signing: message)?.keyID }
            }
            // Also on an engine that reads elsewhere all of them are in front of the fetch by then.
            try await Task.sleep(for: .milliseconds(200))
            world.others.release()
            for caller in callers { #expect(try await caller.value == key.thumbprint) }
            #expect(world.others.fetches(of: Self.url) == 1)
        }
    }

    @Test(arguments: TestEngine.available) func aRestartNeedsNoOtherServer(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            try await world.expectTaken(try TestKeys.key(1))
            world.others.answer(Self.url, nil)
            try await world.again { other in
                try await other.expectTaken(try TestKeys.key(1))
                #expect(other.others.fetches(of: Self.url) == 1)
            }
        }
    }

    /// Sources are the operator's: what another URL has said is forgotten when the URL is changed.
    @Test(arguments: TestEngine.available) func aNewURLIsAskedAtOnce(_ engine: TestEngine) async throws {
        try await TrustWorld.run(on: engine) { world in
            try await world.expectTaken(try TestKeys.key(1))
            world.others.publish([try TestKeys.key(2)], at: "https://metadata.example.net/keys")
            try await world.again {
                $0.sources[0].keysURL = "https://metadata.example.net/keys"
            } _: { other in
                await other.expectRefused(try TestKeys.key(1), .unknownKey)
                try await other.expectTaken(try TestKeys.key(2))
            }
        }
    }

    /// A document that was fetched while the clock was wrong is no reason not to look again.
    @Test func aDocumentOfTheFutureIsNotFresh() async throws {
        try await TrustWorld.run(on: .sqlite) { world in
            world.clock.advance(seconds: 400 * 86_400)
            try await world.expectTaken(try TestKeys.key(1))
            world.clock.advance(seconds: -400 * 86_400)
            world.others.publish([try TestKeys.key(2)], at: Self.url)
            await world.expectRefused(try TestKeys.key(1), .unknownKey)
        }
    }
}
