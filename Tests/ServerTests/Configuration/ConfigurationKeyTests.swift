import Community
import Observability
import Primitives
import Reactor
import Security
import Testing

@testable import Server

/// contracts/configuration.md, "Keys": defaults, types and bounds.
struct ConfigurationKeyTests {
    /// The keys of this version with the defaults of the contract, and of the limits that it calls configurable.
    private let defaults: [(String, String?)] = [
        ("server.name", "Roost"), ("server.public_url", nil), ("server.listen", "127.0.0.1:8080"), ("server.data", "./roost-data"),
        ("server.loops", nil), ("server.trusted_proxies", "[]"), ("database.url", "sqlite"), ("registration.mode", "open"),
        ("registration.bootstrap.username", nil), ("registration.bootstrap.password", nil), ("limits.rate", "true"),
        ("limits.connections", "20000"), ("limits.json_body_bytes", "1048576"), ("security.password_cost", "interactive"),
        ("security.password_minimum_length", "8"), ("events.retention_days", "7"),
        ("chat.enabled", "true"), ("chat.heartbeat_interval_ms", "30000"), ("chat.access_token_seconds", "3600"),
        ("chat.refresh_token_days", "30"), ("chat.offline_after_ms", "10000"), ("chat.offline_after_lost_ms", "30000"),
        ("chat.sockets_per_user", "10"), ("chat.sign_ins_per_minute", "10"),
        ("chat.messages_per_5_seconds", "5"), ("chat.requests_per_second", "50"), ("dawchat.enabled", "true"),
        ("dawchat.session_days", "7"), ("dawchat.sessions_per_user", "20"), ("dawchat.cors_origins", "[]"),
        ("dawchat.keep_alive_ms", "15000"), ("dawchat.streams_per_user", "20"),
        ("guard.allow_cidrs", "[]"), ("guard.ca_file", nil),
        ("blobs.store", "disk"), ("blobs.s3.endpoint", nil), ("blobs.s3.region", nil), ("blobs.s3.bucket", nil),
        ("blobs.s3.access_key", nil), ("blobs.s3.secret_key", nil), ("blobs.s3.path_style", "true"),
        ("cosmos.enabled", "true"), ("cosmos.test_mode", "false"),
        ("cosmos.metadata", "[]"), ("cosmos.identity", "[]"), ("cosmos.pin_mode", "introduce"),
        ("cosmos.operators", "[]"), ("cosmos.require_user_assertion", "false"), ("cosmos.allow_insecure_sources", "false"),
        ("cosmos.max_galaxies", "100"), ("cosmos.public_galaxy_info", "true"), ("cosmos.expose_software", "true"),
        ("cosmos.restored", "false"), ("cosmos.skew_seconds", "60"), ("cosmos.signature_max_age_seconds", "300"),
        ("cosmos.token_max_lifetime_seconds", "900"),
        ("webhooks.allow_insecure", "false"), ("webhooks.allow_ports", "false"),
        ("webhooks.retry_schedule_seconds", "[0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]"),
        ("webhooks.system", "[]"),
        ("gale.enabled", "true"), ("gale.discord.endpoint", "https://discord.com/api/v10"), ("gale.discord.client_id", nil),
        ("gale.discord.client_secret", nil), ("gale.callback", "localhost"), ("gale.max_profile_bytes", "2097152"),
        ("gale.profiles_per_user", "1000"), ("gale.short_codes", "false"), ("gale.jwt_secret", nil),
        ("reileta.enabled", "true"), ("reileta.id", nil), ("reileta.title", nil), ("reileta.address", nil), ("reileta.secure", nil),
        (
            "reileta.default_tags",
            "[avr:login_user, avr:edit_user, avr:delete_self_user, avr:fetch_external, avr:world_creator, avr:instance_creator]"
        ),
        ("reileta.engines", "[unity, unreal, godot, cryengine, lumberyard, source, custom, browser, other]"),
        ("reileta.platforms", "[windows, linux, macos, android, ios, web, other]"), ("reileta.max_asset_bytes", "2147483647"),
        ("reileta.max_user_bytes", "10737418240"), ("reileta.asset_check", "[]"), ("reileta.asset_check_seconds", "60"),
        ("reileta.session_days", "90"), ("reileta.sockets_per_user", "32"),
        ("reileta.fallback_world", nil), ("reileta.instance_channels", "false"), ("reileta.reservation_seconds", "60"),
        ("reileta.socket_io", "true"), ("reileta.legacy_delete_account", "false"),
        ("reileta.allow_insecure_peers", "false"), ("reileta.peers.mode", "open"), ("reileta.peers.allow", "[]"),
        ("reileta.peers.deny", "[]"),
        ("reileta.integrity_seconds", "300"), ("reileta.external_tags", "[]"), ("log.format", "auto"),
        ("log.level", "info"),
    ]

    @Test func theKeysAndDefaultsAreThoseOfTheContract() {
        #expect(ConfigurationKey.all.map(\.path) == defaults.map(\.0))
        #expect(ConfigurationKey.all.map(\.defaultText) == defaults.map(\.1))
        let secrets = [
            "database.url", "registration.bootstrap.password", "blobs.s3.access_key", "blobs.s3.secret_key", "gale.discord.client_secret",
            "gale.jwt_secret",
        ]
        #expect(ConfigurationKey.all.filter(\.isSecret).map(\.path) == secrets)
    }

    @Test func withoutAnythingSetTheDefaultsHold() throws {
        let configuration = try Layers().configuration()
        #expect(configuration.serverName == "Roost")
        #expect(configuration.publicURL == nil)
        #expect(configuration.listen.description == "127.0.0.1:8080")
        #expect(configuration.dataFolder == "./roost-data")
        #expect(configuration.loops == nil)
        #expect(configuration.trustedProxies == [])
        #expect(configuration.databaseURL == "sqlite")
        #expect(configuration.registrationMode == .open)
        #expect(configuration.bootstrap == nil)
        #expect(configuration.limitsRates)
        #expect(configuration.bodyLimit == 1_048_576)
        #expect(configuration.passwordCost == .interactive)
        #expect(configuration.retentionDays == 7)
        #expect(configuration.chatIsOn)
        #expect(configuration.heartbeatMilliseconds == 30_000)
        #expect(configuration.accessTokenSeconds == 3_600)
        #expect(configuration.refreshTokenDays == 30)
        #expect(configuration.logFormat == nil)
        #expect(configuration.logLevel == .info)
    }

    /// A default that breaks the key's own rule could not be written down.
    @Test func everyDefaultIsAGoodValue() throws {
        for key in ConfigurationKey.all {
            guard let text = key.defaultText else { continue }
            #expect(Layers(settings: [(key.path, text)]).refusal() == nil)
        }
    }

    private static let numbers: [(String, @Sendable (Configuration) -> Int?, Int, Int)] = [
        ("server.loops", { $0.loops }, 1, 256), ("limits.json_body_bytes", { $0.bodyLimit }, 1_024, 67_108_864),
        ("events.retention_days", { $0.retentionDays }, 1, 3_650),
        ("chat.heartbeat_interval_ms", { $0.heartbeatMilliseconds }, 100, 600_000),
        ("chat.access_token_seconds", { $0.accessTokenSeconds }, 1, 86_400),
        ("chat.refresh_token_days", { $0.refreshTokenDays }, 1, 3_650),
        ("chat.offline_after_ms", { $0.offlineAfterMilliseconds }, 0, 120_000),
        ("chat.offline_after_lost_ms", { $0.offlineAfterLostMilliseconds }, 0, 120_000),
        ("dawchat.session_days", { $0.dawchatSessionDays }, 1, 3_650),
        ("dawchat.sessions_per_user", { $0.dawchatSessionsPerUser }, 1, 1_000),
        ("dawchat.keep_alive_ms", { $0.dawchatKeepAliveMilliseconds }, 100, 600_000),
        ("dawchat.streams_per_user", { $0.dawchatStreamsPerUser }, 1, 1_000),
        ("cosmos.max_galaxies", { $0.cosmos.maximumGalaxies }, 0, 100_000),
        ("cosmos.skew_seconds", { Int($0.cosmos.skewSeconds) }, 0, 300),
        ("cosmos.signature_max_age_seconds", { Int($0.cosmos.signatureMaximumAge) }, 1, 300),
        ("cosmos.token_max_lifetime_seconds", { Int($0.cosmos.tokenMaximumLifetime) }, 1, 86_400),
    ]

    @Test(arguments: numbers)
    func aNumberHasItsBounds(_ path: String, _ value: @Sendable (Configuration) -> Int?, _ least: Int, _ most: Int) throws {
        for number in [least, most] { #expect(value(try Configuration.with(path, "\(number)")) == number) }
        let sentence = "--set: \(path) must be a whole number from \(least) to \(most)"
        for text in ["\(least - 1)", "\(most + 1)", "-1", "1.5", "1e3", "many", "", "true", " 5", "9223372036854775808", "[5]"] {
            #expect(Layers(settings: [(path, text)]).refusal() == sentence, "\(text)")
        }
    }

    private static let switches: [(String, @Sendable (Configuration) -> Bool)] = [
        ("limits.rate", { $0.limitsRates }), ("chat.enabled", { $0.chatIsOn }), ("dawchat.enabled", { $0.dawchatIsOn }),
        ("cosmos.enabled", { $0.cosmos.isOn }), ("cosmos.test_mode", { $0.cosmos.isTestMode }),
        ("cosmos.require_user_assertion", { $0.cosmos.requiresUserAssertion }),
        ("cosmos.allow_insecure_sources", { $0.cosmos.allowsInsecureSources }),
        ("cosmos.public_galaxy_info", { $0.cosmos.hasPublicGalaxyInfo }), ("cosmos.expose_software", { $0.cosmos.exposesSoftware }),
        ("webhooks.allow_insecure", { $0.webhooks.allowsInsecure }), ("webhooks.allow_ports", { $0.webhooks.allowsPorts }),
    ]

    @Test(arguments: switches)
    func aSwitchIsTrueOrFalse(_ path: String, _ value: @Sendable (Configuration) -> Bool) throws {
        #expect(value(try Configuration.with(path, "true")))
        #expect(!value(try Configuration.with(path, "false")))
        #expect(!value(try Configuration.with(path, "\"false\"")))
        for text in ["yes", "no", "on", "1", "0", "True", "FALSE", "", "perhaps"] {
            #expect(Layers(settings: [(path, text)]).refusal() == "--set: \(path) must be true or false", "\(text)")
        }
    }

    @Test(
        arguments: [
            ("registration.mode", ["open", "invite", "closed"]), ("cosmos.pin_mode", ["introduce", "strict", "off"]),
            ("security.password_cost", ["minimum", "interactive", "moderate"]),
            ("log.format", ["auto", "text", "json"]), ("log.level", ["trace", "debug", "info", "warning", "error"]),
        ]) func aChoiceIsOneOfItsWords(_ path: String, _ words: [String])
    {
        for word in words { #expect(Layers(settings: [(path, word)]).refusal() == nil) }
        let sentence = "--set: \(path) must be one of: \(words.joined(separator: ", "))"
        for text in ["other", "", words[0].uppercased(), words[0] + " "] {
            #expect(Layers(settings: [(path, text)]).refusal() == sentence)
        }
    }

    /// The words of a choice are the names of the types behind it: none falls back to something else.
    @Test func everyWordHasItsMeaning() throws {
        for mode in RegistrationMode.allCases {
            #expect(try Configuration.with("registration.mode", mode.rawValue).registrationMode == mode)
        }
        for cost in PasswordCost.allCases { #expect(try Configuration.with("security.password_cost", cost.rawValue).passwordCost == cost) }
        for format in LogFormat.allCases { #expect(try Configuration.with("log.format", format.rawValue).logFormat == format) }
        #expect(try Configuration.with("log.format", "auto").logFormat == nil)
        for level in LogLevel.allCases { #expect(try Configuration.with("log.level", level.rawValue).logLevel == level) }
    }

    /// "canonical origin; token audience, absolute URLs".
    @Test(
        arguments: [
            ("https://chat.example.org", "https://chat.example.org"), ("https://chat.example.org/", "https://chat.example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://[::1]:8080", "http://[::1]:8080"),
        ]) func aPublicURLIsAnOrigin(_ given: String, _ taken: String) throws
    {
        #expect(try Configuration.with("server.public_url", given).publicURL == taken)
    }

    @Test(
        arguments: [
            "chat.example.org", "https://", "https:///", "ftp://chat.example.org", "https://chat.example.org/roost", "https://a?b",
            "https://a#b",
            "https://robin:hush@example.org", "https://two words", "https://a\nb", "https://a\u{1b}[2J", "https://Zoë.example",
        ]) func whatIsNoOriginIsRefused(_ text: String)
    {
        #expect(
            Layers(settings: [("server.public_url", text)]).refusal()
                == "--set: server.public_url must be an origin such as https://chat.example.org")
    }

    @Test(arguments: ["127.0.0.1:0", "0.0.0.0:65535", "[::]:8080", "[::1]:1"]) func anAddressHasAPort(_ text: String) throws {
        #expect(try Configuration.with("server.listen", text).listen.description == text)
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:", ":8080", "localhost:8080", "::1:80", "[::1]", "8080"])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(
            Layers(settings: [("server.listen", text)]).refusal()
                == "--set: server.listen must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080")
    }

    @Test(arguments: ["sqlite", "postgresql://roost@db/roost", "postgres://db"]) func aDatabaseIsSQLiteOrAPostgreSQL(_ text: String) throws
    {
        #expect(try Configuration.with("database.url", text).databaseURL == text)
    }

    @Test(arguments: ["SQLite", "sqlite:file", "mysql://db", "postgresql:", "/var/lib/roost.sqlite"]) func anotherDatabaseIsRefused(
        _ text: String
    ) {
        #expect(Layers(settings: [("database.url", text)]).refusal() == "--set: database.url must be sqlite or begin with postgresql://")
    }
}
