import Testing

@testable import Server

/// contracts/cosmos.md 12 and 3.5: which servers are trusted, and by which keys.
struct CosmosConfigurationTests {
    private static let pin = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"

    @Test func aSourceHasItsDefaults() throws {
        let metadata = try Configuration.with("cosmos.metadata", "[{origin: https://meta.example.net/}]").cosmos.metadata
        #expect(
            metadata == [
                CosmosConfiguration.Source(
                    origin: "https://meta.example.net", issuer: nil,
                    keysURL: "https://meta.example.net/.well-known/http-message-signatures-directory", pins: [])
            ])
        let identity = try Configuration.with("cosmos.identity", "[{origin: https://id.example.net}]").cosmos.identity
        #expect(
            identity == [
                CosmosConfiguration.Source(
                    origin: "https://id.example.net", issuer: "https://id.example.net",
                    keysURL: "https://id.example.net/.well-known/jwks.json", pins: [])
            ])
    }

    @Test func aSourceSaysAllItself() throws {
        let text = """
            [{"origin": "https://id.example.net", "issuer": "urn:cosmos", "keys_url": "https://keys.example.net/k", "pins": ["\(Self.pin)"]}]
            """
        #expect(
            try Configuration.with("cosmos.identity", text).cosmos.identity == [
                CosmosConfiguration.Source(
                    origin: "https://id.example.net", issuer: "urn:cosmos", keysURL: "https://keys.example.net/k", pins: [Self.pin])
            ])
    }

    @Test func aFileNamesSourcesAsLists() throws {
        let file = """
            cosmos:
              metadata:
                - origin: https://meta.example.net
                  pins:
                    - \(Self.pin)
                - origin: https://other.example.net
            """
        let metadata = try Layers(file: file).configuration().cosmos.metadata
        #expect(metadata.map(\.origin) == ["https://meta.example.net", "https://other.example.net"])
        #expect(metadata.map(\.pins) == [[Self.pin], []])
    }

    @Test(
        arguments: [
            ("cosmos.metadata", "https://meta.example.net", "must be a list of mappings, such as [{origin: ...}]"),
            ("cosmos.metadata", "[https://meta.example.net]", "must hold mappings with origin, keys_url, pins"),
            ("cosmos.metadata", "[{keys_url: https://a.example/k}]", "has an entry without origin"),
            (
                "cosmos.metadata", "[{origin: https://a.example, issuer: x}]",
                "has an unknown member issuer; it knows origin, keys_url, pins"
            ),
            ("cosmos.metadata", "[{origin: [a]}]", "has a member origin that must be a single value"),
            ("cosmos.metadata", "[{origin: https://a.example, pins: x}]", "has a member pins that must be a list, such as [a, b]"),
            ("cosmos.metadata", "[{origin: a.example}]", "has an origin that must be an origin such as https://chat.example.org"),
            (
                "cosmos.identity", "[{origin: https://a.example, pins: [short]}]",
                "has pins that are no thumbprints: 43 characters of base64url (RFC 7638)"
            ),
            ("cosmos.identity", "[{origin: https://a.example}, {origin: https://a.example}]", "names an origin twice"),
            (
                "cosmos.identity", "[{origin: https://a.example, issuer: x}, {origin: https://b.example, issuer: x}]",
                "names an issuer twice"
            ),
            (
                "cosmos.identity", "[{origin: http://a.example}]",
                "has keys that do not come over https; cosmos.allow_insecure_sources allows that, for tests"
            ),
            ("webhooks.retry_schedule_seconds", "[]", "must be a list of whole numbers from 0 to 604800, such as [0, 5]"),
            ("webhooks.retry_schedule_seconds", "[0, -1]", "must be a list of whole numbers from 0 to 604800, such as [0, 5]"),
            ("webhooks.system", "[{events: [a]}]", "has an entry without url"),
            ("guard.allow_cidrs", "[everywhere]", "must hold ranges such as 10.0.0.0/8"),
        ]) func whatCannotBeTrustedIsRefused(_ path: String, _ value: String, _ reason: String)
    {
        #expect(Layers(settings: [(path, value)]).refusal() == "--set: \(path) \(reason)")
    }

    /// "A key of an identity source never authenticates S2S and the reverse; if one host plays both roles, two URLs are used."
    @Test func oneURLDoesNotServeBothRoles() {
        let source = "[{origin: https://a.example, keys_url: https://a.example/keys}]"
        #expect(
            Layers(settings: [("cosmos.metadata", source), ("cosmos.identity", source)]).refusal()
                == "--set: cosmos.identity takes keys from the URL of a metadata server; each role has keys of its own")
        let apart = "[{origin: https://a.example, keys_url: https://a.example/others}]"
        #expect(Layers(settings: [("cosmos.metadata", source), ("cosmos.identity", apart)]).refusal() == nil)
    }

    @Test func insecureSourcesAreForTests() {
        let settings = [("cosmos.identity", "[{origin: http://127.0.0.1:9000}]"), ("cosmos.allow_insecure_sources", "true")]
        #expect(Layers(settings: settings).refusal() == nil)
    }

    /// contracts/cosmos.md 8.3.
    @Test func theScheduleIsThatOfTheContract() throws {
        #expect(
            try Layers().configuration().webhooks.retrySchedule == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(try Configuration.with("webhooks.retry_schedule_seconds", "[0, 1, 2]").webhooks.retrySchedule == [0, 1, 2])
    }

    @Test func aSystemEndpointHearsOfEverythingUnlessItSaysOtherwise() throws {
        let text = "[{url: https://a.example/}, {url: https://b.example/, events: [galaxy.*]}]"
        #expect(
            try Configuration.with("webhooks.system", text).webhooks.system == [
                WebhookConfiguration.System(url: "https://a.example/", events: ["*"]),
                WebhookConfiguration.System(url: "https://b.example/", events: ["galaxy.*"]),
            ])
    }

    /// What `roost config` prints can be given back.
    @Test func listsOfMappingsArePrintedAsTheyAreRead() throws {
        let text = #"[{origin: "https://id.example.net", issuer: "urn:x", pins: ["\#(Self.pin)"]}]"#
        let printed = EffectiveConfiguration.text(of: try Layers(settings: [("cosmos.identity", text)]).values())
        #expect(printed.contains("cosmos.identity: \(text)  # --set\n"))
        #expect(
            try Layers(file: printed).configuration().cosmos.identity == Configuration.with("cosmos.identity", text).cosmos.identity)
    }
}
