internal import Community
internal import Observability
internal import Reactor
internal import Security
internal import Storage

/// Everything an operator has set, with its types (contracts/configuration.md).
public struct Configuration: Sendable {
    var serverName: String
    var publicURL: String?
    var listen: SocketAddress
    var dataFolder: String
    var loops: Int?
    var trustedProxies: [AddressRange]
    /// `sqlite`, or the URL of a PostgreSQL.
    var databaseURL: String
    var registrationMode: RegistrationMode
    /// The first administrator, and where that was set.
    var bootstrap: (username: String, password: String, place: String)?
    var limitsRates: Bool
    var connectionLimit: Int
    var bodyLimit: Int
    var passwordCost: PasswordCost
    var passwordMinimumLength: Int
    var retentionDays: Int
    var chatIsOn: Bool
    var heartbeatMilliseconds: Int
    var accessTokenSeconds: Int
    var refreshTokenDays: Int
    var offlineAfterMilliseconds: Int
    var offlineAfterLostMilliseconds: Int
    var socketsPerUser: Int
    var signInsPerMinute: Int
    var messagesPer5Seconds: Int
    var requestsPerSecond: Int
    var dawchatIsOn: Bool
    var dawchatSessionDays: Int
    var dawchatSessionsPerUser: Int
    var dawchatCrossOrigins: [String]
    var dawchatKeepAliveMilliseconds: Int
    var dawchatStreamsPerUser: Int
    /// What outbound requests may reach although the guard forbids it.
    var guardAllows: [AddressRange]
    /// A file with the certificates of the authorities that outbound requests believe; nil: the system's.
    var authorities: String?
    var blobs: BlobConfiguration
    var cosmos: CosmosConfiguration
    var webhooks: WebhookConfiguration
    var gale: GaleConfiguration
    var reileta: ReiletaConfiguration
    /// Nil: text at a terminal, JSON otherwise.
    var logFormat: LogFormat?
    var logLevel: LogLevel

    /// Gives the values their types.
    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        func refuse(_ path: String, _ reason: String, at place: String? = nil) -> ConfigurationError {
            ConfigurationError(place: values.origin(place ?? path).description, reason: "\(path) \(reason)")
        }
        func text(_ path: String) throws(ConfigurationError) -> String {
            guard let text = values.text(path) else { throw refuse(path, "is missing") }
            return text
        }
        func integer(_ path: String) throws(ConfigurationError) -> Int {
            guard let number = values.integer(path) else { throw refuse(path, "is missing") }
            return number
        }
        serverName = try text("server.name")
        publicURL = try Self.origin(values.text("server.public_url")) { refuse("server.public_url", $0) }
        guard let address = try? SocketAddress(text("server.listen")) else {
            throw refuse("server.listen", "must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080")
        }
        listen = address
        dataFolder = try text("server.data")
        loops = values.integer("server.loops")
        func ranges(_ path: String) throws(ConfigurationError) -> [AddressRange] {
            try values.list(path).map { item throws(ConfigurationError) in
                guard let range = AddressRange(item) else { throw refuse(path, "must hold ranges such as 10.0.0.0/8") }
                return range
            }
        }
        trustedProxies = try ranges("server.trusted_proxies")
        databaseURL = try text("database.url")
        guard databaseURL == "sqlite" || databaseURL.hasPrefix("postgresql://") || databaseURL.hasPrefix("postgres://") else {
            throw refuse("database.url", "must be sqlite or begin with postgresql://")
        }
        registrationMode = RegistrationMode(rawValue: try text("registration.mode")) ?? .open
        switch (values.text("registration.bootstrap.username"), values.text("registration.bootstrap.password")) {
        case (nil, nil): bootstrap = nil
        case (let username?, let password?):
            bootstrap = (username, password, values.origin("registration.bootstrap.username").description)
        case (nil, _):
            throw refuse("registration.bootstrap.username", "is missing beside the password", at: "registration.bootstrap.password")
        case (_, nil):
            throw refuse("registration.bootstrap.password", "is missing beside the username", at: "registration.bootstrap.username")
        }
        limitsRates = values.flag("limits.rate")
        connectionLimit = try integer("limits.connections")
        bodyLimit = try integer("limits.json_body_bytes")
        passwordCost = PasswordCost(rawValue: try text("security.password_cost")) ?? .interactive
        passwordMinimumLength = try integer("security.password_minimum_length")
        retentionDays = try integer("events.retention_days")
        chatIsOn = values.flag("chat.enabled")
        heartbeatMilliseconds = try integer("chat.heartbeat_interval_ms")
        accessTokenSeconds = try integer("chat.access_token_seconds")
        refreshTokenDays = try integer("chat.refresh_token_days")
        offlineAfterMilliseconds = try integer("chat.offline_after_ms")
        offlineAfterLostMilliseconds = try integer("chat.offline_after_lost_ms")
        socketsPerUser = try integer("chat.sockets_per_user")
        signInsPerMinute = try integer("chat.sign_ins_per_minute")
        messagesPer5Seconds = try integer("chat.messages_per_5_seconds")
        requestsPerSecond = try integer("chat.requests_per_second")
        dawchatIsOn = values.flag("dawchat.enabled")
        dawchatSessionDays = try integer("dawchat.session_days")
        dawchatSessionsPerUser = try integer("dawchat.sessions_per_user")
        dawchatCrossOrigins = try values.list("dawchat.cors_origins").map { item throws(ConfigurationError) in
            try Self.origin(item) { refuse("dawchat.cors_origins", $0) } ?? ""
        }
        dawchatKeepAliveMilliseconds = try integer("dawchat.keep_alive_ms")
        dawchatStreamsPerUser = try integer("dawchat.streams_per_user")
        guardAllows = try ranges("guard.allow_cidrs")
        authorities = values.text("guard.ca_file")
        if let authorities, !InputFile.hasCertificates(authorities) {
            throw refuse("guard.ca_file", "must be a file with certificates in PEM")
        }
        blobs = try BlobConfiguration(values, guardAllows: guardAllows)
        cosmos = try CosmosConfiguration(values)
        webhooks = WebhookConfiguration(values)
        gale = try GaleConfiguration(values)
        reileta = try ReiletaConfiguration(values)
        logFormat = LogFormat(rawValue: try text("log.format"))
        logLevel = LogLevel(rawValue: try text("log.level")) ?? .info
    }

    /// A URL without path and without a slash at its end.
    static func origin(_ text: String?, _ refuse: (String) -> ConfigurationError) throws(ConfigurationError) -> String? {
        guard var text else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) && text.count > scheme.count {
            guard text.dropFirst(scheme.count).allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._:[]".contains($0)) }) else {
                break
            }
            return text
        }
        throw refuse("must be an origin such as https://chat.example.org")
    }
}
