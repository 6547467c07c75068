internal import Security

/// What an operator has set about Cosmos and its servers (contracts/cosmos.md 12).
struct CosmosConfiguration: Sendable {
    /// A server whose keys are trusted.
    struct Source: Sendable, Equatable {
        var origin: String
        /// What its tokens name as their issuer; nil for a metadata server.
        var issuer: String?
        var keysURL: String
        var pins: [String]
    }

    var isOn: Bool
    var isTestMode: Bool
    var metadata: [Source]
    var identity: [Source]
    var pinMode: String
    var operators: [String]
    var requiresUserAssertion: Bool
    var allowsInsecureSources: Bool
    var maximumGalaxies: Int
    var hasPublicGalaxyInfo: Bool
    var exposesSoftware: Bool
    /// Whether signatures from before the start are refused, because the database was restored.
    var isRestored: Bool
    var skewSeconds: Int64
    var signatureMaximumAge: Int64
    var tokenMaximumLifetime: Int64

    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        func number(_ path: String) -> Int { values.integer(path) ?? 0 }
        isOn = values.flag("cosmos.enabled")
        isTestMode = values.flag("cosmos.test_mode")
        pinMode = values.text("cosmos.pin_mode") ?? "introduce"
        operators = values.list("cosmos.operators")
        requiresUserAssertion = values.flag("cosmos.require_user_assertion")
        allowsInsecureSources = values.flag("cosmos.allow_insecure_sources")
        maximumGalaxies = number("cosmos.max_galaxies")
        hasPublicGalaxyInfo = values.flag("cosmos.public_galaxy_info")
        isRestored = values.flag("cosmos.restored")
        exposesSoftware = values.flag("cosmos.expose_software")
        skewSeconds = Int64(number("cosmos.skew_seconds"))
        signatureMaximumAge = Int64(number("cosmos.signature_max_age_seconds"))
        tokenMaximumLifetime = Int64(number("cosmos.token_max_lifetime_seconds"))
        metadata = try Self.sources("cosmos.metadata", "/.well-known/http-message-signatures-directory", hasIssuer: false, values)
        identity = try Self.sources("cosmos.identity", "/.well-known/jwks.json", hasIssuer: true, values)
        try refuseUnusableSources(values)
    }

    private static func sources(
        _ path: String, _ keysPath: String, hasIssuer: Bool, _ values: ConfigurationValues
    ) throws(ConfigurationError) -> [Source] {
        try values.records(path).map { record throws(ConfigurationError) in
            let place = values.origin(path).description
            let origin = try Configuration.origin(record.text("origin")) {
                ConfigurationError(place: place, reason: "\(path) has an origin that \($0)")
            }
            guard let origin else { throw ConfigurationError(place: place, reason: "\(path) has an entry without origin") }
            let pins = record.list("pins") ?? []
            guard pins.allSatisfy(Ed25519PublicKey.isThumbprint) else {
                throw ConfigurationError(
                    place: place, reason: "\(path) has pins that are no thumbprints: 43 characters of base64url (RFC 7638)")
            }
            return Source(
                origin: origin, issuer: hasIssuer ? record.text("issuer") ?? origin : nil,
                keysURL: record.text("keys_url") ?? origin + keysPath, pins: pins)
        }
    }

    /// The keys of one role must never count for the other, and a key over plain http is anybody's.
    private func refuseUnusableSources(_ values: ConfigurationValues) throws(ConfigurationError) {
        func refuse(_ path: String, _ reason: String) -> ConfigurationError {
            ConfigurationError(place: values.origin(path).description, reason: "\(path) \(reason)")
        }
        for (path, sources) in [("cosmos.metadata", metadata), ("cosmos.identity", identity)] {
            guard Set(sources.map(\.origin)).count == sources.count else { throw refuse(path, "names an origin twice") }
            guard allowsInsecureSources || sources.allSatisfy({ $0.keysURL.hasPrefix("https://") }) else {
                throw refuse(path, "has keys that do not come over https; cosmos.allow_insecure_sources allows that, for tests")
            }
        }
        guard Set(identity.map(\.issuer)).count == identity.count else { throw refuse("cosmos.identity", "names an issuer twice") }
        guard Set(metadata.map(\.keysURL)).isDisjoint(with: identity.map(\.keysURL)) else {
            throw refuse("cosmos.identity", "takes keys from the URL of a metadata server; each role has keys of its own")
        }
    }
}
