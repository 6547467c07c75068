import Chat
import Community
import Dawchat
import Dialect
import Storage
import Testing

@testable import Server

/// What the parts of the house get of the configuration.
struct ConfigurationPartsTests {
    private func inFolder(_ body: (DataFolder) throws -> Void) throws {
        try TemporaryFolder.with { try body(DataFolder($0)) }
    }

    @Test func theCommunityGetsItsSettings() throws {
        let settings = try Layers(
            settings: [
                ("server.name", "Nest"), ("registration.mode", "invite"), ("chat.refresh_token_days", "2"),
                ("security.password_minimum_length", "12"),
            ]
        ).configuration().communitySettings
        #expect(settings.serverName == "Nest")
        #expect(settings.registrationMode == .invite)
        #expect(settings.refreshTokenSeconds == 172_800)
        #expect(settings.passwordLength == 12...128)
    }

    @Test func theChatGetsItsSettings() throws {
        let configuration = try Layers(
            settings: [
                ("chat.heartbeat_interval_ms", "1500"), ("chat.access_token_seconds", "60"), ("limits.json_body_bytes", "2048"),
                ("limits.rate", "false"), ("chat.sign_ins_per_minute", "1"), ("chat.messages_per_5_seconds", "2"),
                ("chat.requests_per_second", "3"),
            ]
        ).configuration()
        let settings = configuration.chatSettings
        #expect(settings.heartbeatInterval == .milliseconds(1_500))
        #expect(settings.accessTokenLifetime == .seconds(60))
        #expect(settings.bodyLimit == 2_048)
        #expect(!settings.limitsRates)
        let limits = configuration.requestLimits
        #expect(!limits.areOn)
        #expect((limits.signInsPerMinute, limits.messagesPer5Seconds, limits.requestsPerSecond) == (1, 2, 3))
    }

    @Test func dawchatGetsWhatIsSet() throws {
        let settings = try Layers(
            settings: [
                ("dawchat.session_days", "2"), ("dawchat.sessions_per_user", "3"), ("dawchat.keep_alive_ms", "1500"),
                ("dawchat.streams_per_user", "4"), ("dawchat.cors_origins", "[\"http://localhost:5000/\"]"),
                ("limits.json_body_bytes", "2048"),
                ("server.public_url", "https://chat.example.org"),
            ]
        ).configuration().dawchatSettings
        #expect(settings.sessionSeconds == 172_800)
        #expect((settings.sessionsPerUser, settings.streamsPerUser, settings.bodyLimit) == (3, 4, 2_048))
        #expect(settings.keepAlive == .milliseconds(1_500))
        #expect(settings.crossOrigins == ["http://localhost:5000"])
        // Over TLS the cookie goes nowhere else.
        #expect(settings.isSecure)
        #expect(try !Layers(settings: [("server.public_url", "http://chat.example.org")]).configuration().dawchatSettings.isSecure)
        #expect(Layers(settings: [("dawchat.cors_origins", "[localhost]")]).refusal() != nil)
    }

    @Test func sqliteIsAFileInTheDataFolder() throws {
        try inFolder { folder in
            let configuration = try Layers().configuration()
            #expect(configuration.database(in: folder) == .sqlite(path: folder.path + "/roost.sqlite"))
            #expect(configuration.databaseDescription(in: folder) == "SQLite, \(folder.path)/roost.sqlite")
        }
    }

    /// The start screen names the place of the database, and neither user nor password.
    @Test(
        arguments: [
            ("postgresql://roost:hush@db.example:5433/roost", "PostgreSQL, db.example:5433/roost"),
            ("postgresql://db.example/roost?user=roost&password=hush", "PostgreSQL, postgresql://db.example/roost"),
            ("postgresql://roost:hush@/roost?host=/run/postgresql&password=hush", "PostgreSQL, /roost"),
            ("postgres://roost:hu%40sh@db.example/roost", "PostgreSQL, db.example/roost"),
            ("postgresql://roost:hu@sh@db.example/roost", "PostgreSQL, db.example/roost"),
            ("postgresql://db.example/roost?password=hu@sh", "PostgreSQL"), ("postgresql://roost:hu?sh@db.example/roost", "PostgreSQL"),
        ]) func aPostgreSQLIsDescribedWithoutItsSecrets(_ url: String, _ description: String) throws
    {
        try inFolder { folder in
            let configuration = try Configuration.with("database.url", url)
            #expect(configuration.database(in: folder) == .postgresql(url: url))
            #expect(configuration.databaseDescription(in: folder) == description)
        }
    }
}
