/// A key that has an effect in this version, as contracts/configuration.md names it.
struct ConfigurationKey: Sendable {
    /// What values look like.
    enum Kind: Sendable {
        case text
        case integer(ClosedRange<Int>)
        case flag
        case choice([String])
        /// A list of texts.
        case list
        /// A list of whole numbers.
        case numbers(ClosedRange<Int>)
        /// A list of mappings with these members.
        case records([Member])
    }

    /// A member of each mapping of a list.
    struct Member: Sendable {
        var name: String
        var isRequired = false
        /// Whether it is a list of texts itself.
        var isList = false
    }

    var path: String
    var kind: Kind
    /// The default, as `roost config` shows it; nil when there is none.
    var defaultText: String?
    var isSecret = false

    /// All keys, in the order in which they are shown.
    static let all: [ConfigurationKey] = house + blobs + cosmos + webhooks + gale + reileta + log

    private static let house: [ConfigurationKey] = [
        ConfigurationKey(path: "server.name", kind: .text, defaultText: "Roost"),
        ConfigurationKey(path: "server.public_url", kind: .text),
        ConfigurationKey(path: "server.listen", kind: .text, defaultText: "127.0.0.1:8080"),
        ConfigurationKey(path: "server.data", kind: .text, defaultText: "./roost-data"),
        ConfigurationKey(path: "server.loops", kind: .integer(1...256)),
        ConfigurationKey(path: "server.trusted_proxies", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "database.url", kind: .text, defaultText: "sqlite", isSecret: true),
        ConfigurationKey(path: "registration.mode", kind: .choice(["open", "invite", "closed"]), defaultText: "open"),
        ConfigurationKey(path: "registration.bootstrap.username", kind: .text),
        ConfigurationKey(path: "registration.bootstrap.password", kind: .text, isSecret: true),
        ConfigurationKey(path: "limits.rate", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "limits.connections", kind: .integer(16...1_000_000), defaultText: "20000"),
        ConfigurationKey(path: "limits.json_body_bytes", kind: .integer(1_024...67_108_864), defaultText: "1048576"),
        ConfigurationKey(
            path: "security.password_cost", kind: .choice(["minimum", "interactive", "moderate"]), defaultText: "interactive"),
        ConfigurationKey(path: "security.password_minimum_length", kind: .integer(1...128), defaultText: "8"),
        ConfigurationKey(path: "events.retention_days", kind: .integer(1...3_650), defaultText: "7"),
        ConfigurationKey(path: "chat.enabled", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "chat.heartbeat_interval_ms", kind: .integer(100...600_000), defaultText: "30000"),
        ConfigurationKey(path: "chat.access_token_seconds", kind: .integer(1...86_400), defaultText: "3600"),
        ConfigurationKey(path: "chat.refresh_token_days", kind: .integer(1...3_650), defaultText: "30"),
        ConfigurationKey(path: "chat.offline_after_ms", kind: .integer(0...120_000), defaultText: "10000"),
        ConfigurationKey(path: "chat.offline_after_lost_ms", kind: .integer(0...120_000), defaultText: "30000"),
        ConfigurationKey(path: "chat.sockets_per_user", kind: .integer(1...1_000), defaultText: "10"),
        ConfigurationKey(path: "chat.sign_ins_per_minute", kind: .integer(1...1_000_000), defaultText: "10"),
        ConfigurationKey(path: "chat.messages_per_5_seconds", kind: .integer(1...1_000_000), defaultText: "5"),
        ConfigurationKey(path: "chat.requests_per_second", kind: .integer(1...1_000_000), defaultText: "50"),
        ConfigurationKey(path: "dawchat.enabled", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "dawchat.session_days", kind: .integer(1...3_650), defaultText: "7"),
        ConfigurationKey(path: "dawchat.sessions_per_user", kind: .integer(1...1_000), defaultText: "20"),
        ConfigurationKey(path: "dawchat.cors_origins", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "dawchat.keep_alive_ms", kind: .integer(100...600_000), defaultText: "15000"),
        ConfigurationKey(path: "dawchat.streams_per_user", kind: .integer(1...1_000), defaultText: "20"),
        ConfigurationKey(path: "guard.allow_cidrs", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "guard.ca_file", kind: .text),
    ]

    private static let blobs: [ConfigurationKey] = [
        ConfigurationKey(path: "blobs.store", kind: .choice(["disk", "s3"]), defaultText: "disk"),
        ConfigurationKey(path: "blobs.s3.endpoint", kind: .text),
        ConfigurationKey(path: "blobs.s3.region", kind: .text),
        ConfigurationKey(path: "blobs.s3.bucket", kind: .text),
        ConfigurationKey(path: "blobs.s3.access_key", kind: .text, isSecret: true),
        ConfigurationKey(path: "blobs.s3.secret_key", kind: .text, isSecret: true),
        ConfigurationKey(path: "blobs.s3.path_style", kind: .flag, defaultText: "true"),
    ]

    private static let cosmos: [ConfigurationKey] = [
        ConfigurationKey(path: "cosmos.enabled", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "cosmos.test_mode", kind: .flag, defaultText: "false"),
        ConfigurationKey(
            path: "cosmos.metadata", kind: .records([Member(name: "origin", isRequired: true)] + sourceMembers), defaultText: "[]"),
        ConfigurationKey(
            path: "cosmos.identity",
            kind: .records([Member(name: "origin", isRequired: true), Member(name: "issuer")] + sourceMembers), defaultText: "[]"),
        ConfigurationKey(path: "cosmos.pin_mode", kind: .choice(["introduce", "strict", "off"]), defaultText: "introduce"),
        ConfigurationKey(path: "cosmos.operators", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "cosmos.require_user_assertion", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "cosmos.allow_insecure_sources", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "cosmos.max_galaxies", kind: .integer(0...100_000), defaultText: "100"),
        ConfigurationKey(path: "cosmos.public_galaxy_info", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "cosmos.expose_software", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "cosmos.restored", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "cosmos.skew_seconds", kind: .integer(0...300), defaultText: "60"),
        ConfigurationKey(path: "cosmos.signature_max_age_seconds", kind: .integer(1...300), defaultText: "300"),
        ConfigurationKey(path: "cosmos.token_max_lifetime_seconds", kind: .integer(1...86_400), defaultText: "900"),
    ]

    private static let sourceMembers = [Member(name: "keys_url"), Member(name: "pins", isList: true)]

    private static let webhooks: [ConfigurationKey] = [
        ConfigurationKey(path: "webhooks.allow_insecure", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "webhooks.allow_ports", kind: .flag, defaultText: "false"),
        ConfigurationKey(
            path: "webhooks.retry_schedule_seconds", kind: .numbers(0...604_800),
            defaultText: "[0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]"),
        ConfigurationKey(
            path: "webhooks.system", kind: .records([Member(name: "url", isRequired: true), Member(name: "events", isList: true)]),
            defaultText: "[]"),
    ]

    private static let gale: [ConfigurationKey] = [
        ConfigurationKey(path: "gale.enabled", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "gale.discord.endpoint", kind: .text, defaultText: "https://discord.com/api/v10"),
        ConfigurationKey(path: "gale.discord.client_id", kind: .text),
        ConfigurationKey(path: "gale.discord.client_secret", kind: .text, isSecret: true),
        ConfigurationKey(path: "gale.callback", kind: .choice(["localhost", "deeplink"]), defaultText: "localhost"),
        ConfigurationKey(path: "gale.max_profile_bytes", kind: .integer(1_024...268_435_456), defaultText: "2097152"),
        ConfigurationKey(path: "gale.profiles_per_user", kind: .integer(1...10_000), defaultText: "1000"),
        ConfigurationKey(path: "gale.short_codes", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "gale.jwt_secret", kind: .text, isSecret: true),
    ]

    private static let reileta: [ConfigurationKey] = [
        ConfigurationKey(path: "reileta.enabled", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "reileta.id", kind: .text),
        ConfigurationKey(path: "reileta.title", kind: .text),
        ConfigurationKey(path: "reileta.address", kind: .text),
        ConfigurationKey(path: "reileta.secure", kind: .flag),
        ConfigurationKey(
            path: "reileta.default_tags", kind: .list,
            defaultText:
                "[avr:login_user, avr:edit_user, avr:delete_self_user, avr:fetch_external, avr:world_creator, avr:instance_creator]"),
        ConfigurationKey(
            path: "reileta.engines", kind: .list,
            defaultText: "[unity, unreal, godot, cryengine, lumberyard, source, custom, browser, other]"),
        ConfigurationKey(
            path: "reileta.platforms", kind: .list, defaultText: "[windows, linux, macos, android, ios, web, other]"),
        ConfigurationKey(path: "reileta.max_asset_bytes", kind: .integer(1...2_147_483_647), defaultText: "2147483647"),
        ConfigurationKey(path: "reileta.max_user_bytes", kind: .integer(0...1_000_000_000_000_000), defaultText: "10737418240"),
        ConfigurationKey(path: "reileta.asset_check", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "reileta.asset_check_seconds", kind: .integer(1...3_600), defaultText: "60"),
        ConfigurationKey(path: "reileta.session_days", kind: .integer(1...3_650), defaultText: "90"),
        ConfigurationKey(path: "reileta.sockets_per_user", kind: .integer(1...1_000), defaultText: "32"),
        ConfigurationKey(path: "reileta.fallback_world", kind: .text),
        ConfigurationKey(path: "reileta.instance_channels", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "reileta.reservation_seconds", kind: .integer(1...3_600), defaultText: "60"),
        ConfigurationKey(path: "reileta.socket_io", kind: .flag, defaultText: "true"),
        ConfigurationKey(path: "reileta.legacy_delete_account", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "reileta.allow_insecure_peers", kind: .flag, defaultText: "false"),
        ConfigurationKey(path: "reileta.peers.mode", kind: .choice(["open", "closed"]), defaultText: "open"),
        ConfigurationKey(path: "reileta.peers.allow", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "reileta.peers.deny", kind: .list, defaultText: "[]"),
        ConfigurationKey(path: "reileta.integrity_seconds", kind: .integer(1...604_800), defaultText: "300"),
        ConfigurationKey(path: "reileta.external_tags", kind: .list, defaultText: "[]"),
    ]

    private static let log: [ConfigurationKey] = [
        ConfigurationKey(path: "log.format", kind: .choice(["auto", "text", "json"]), defaultText: "auto"),
        ConfigurationKey(path: "log.level", kind: .choice(["trace", "debug", "info", "warning", "error"]), defaultText: "info"),
    ]

    static func named(_ path: String) -> ConfigurationKey? {
        all.first { $0.path == path }
    }

    /// Whether longer keys begin with this one.
    static func isGroup(_ path: String) -> Bool {
        all.contains { $0.path.hasPrefix(path + ".") }
    }

    /// `a` and `a.b` for `a.b.c`.
    private static func groups(of path: String) -> [String] {
        let words = path.split(separator: ".")
        return (1..<words.count).map { words.prefix($0).joined(separator: ".") }
    }

    /// Why there is no such key, with the nearest one that there is.
    static func unknown(_ path: String) -> String {
        // A misspelled group is near to the group, and far from all that is in it.
        let known = all.map(\.path) + Set(all.flatMap { groups(of: $0.path) }).sorted()
        let nearest = known.min { EditDistance.between($0, path) < EditDistance.between($1, path) }
        guard let nearest else { return "unknown key \(path)" }
        return "unknown key \(path); did you mean \(nearest)?"
    }
}
