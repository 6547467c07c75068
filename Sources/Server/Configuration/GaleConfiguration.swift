/// What an operator has set about Gale (contracts/gale.md, contracts/configuration.md).
struct GaleConfiguration: Sendable {
    /// Discord, as it vouches for people.
    struct Discord: Sendable, Equatable {
        var endpoint: String
        var clientID: String
        var clientSecret: String
    }

    var isOn: Bool
    /// Nil: people sign in with a password of this server.
    var discord: Discord?
    /// `localhost` or `deeplink`.
    var callback: String
    var profileLimit: Int
    var profilesPerUser: Int
    var hasShortCodes: Bool
    /// Nil: made from the server's own key.
    var tokenSecret: String?

    /// Bytes that a secret should have (RFC 7518 section 3.2: as many as the hash).
    static let secretLength = 32
    /// Whether the secret is one that can be found from a token.
    var hasShortSecret: Bool { tokenSecret.map { $0.utf8.count < Self.secretLength } ?? false }

    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        isOn = values.flag("gale.enabled")
        callback = values.text("gale.callback") ?? "localhost"
        profileLimit = values.integer("gale.max_profile_bytes") ?? 0
        profilesPerUser = values.integer("gale.profiles_per_user") ?? 0
        hasShortCodes = values.flag("gale.short_codes")
        tokenSecret = values.text("gale.jwt_secret")
        discord = try Self.discord(values)
    }

    private static func discord(_ values: ConfigurationValues) throws(ConfigurationError) -> Discord? {
        let names = ["gale.discord.client_id", "gale.discord.client_secret"]
        let given = names.filter { values.text($0) != nil }
        guard let first = given.first else { return nil }
        guard let id = values.text(names[0]), let secret = values.text(names[1]) else {
            let missing = names.first { $0 != first } ?? first
            throw ConfigurationError(place: values.origin(first).description, reason: "\(missing) is missing beside \(first)")
        }
        var endpoint = values.text("gale.discord.endpoint") ?? ""
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://"), !endpoint.contains("?"), !endpoint.contains("#") else {
            throw ConfigurationError(
                place: values.origin("gale.discord.endpoint").description,
                reason: "gale.discord.endpoint must be a URL such as https://discord.com/api/v10")
        }
        return Discord(endpoint: endpoint, clientID: id, clientSecret: secret)
    }
}
