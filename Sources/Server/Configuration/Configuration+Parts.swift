internal import Chat
internal import Community
internal import Cosmos
internal import Dawchat
internal import Dialect
internal import Federation
internal import Gale
internal import Gateway
internal import HTTPClient
internal import Primitives
internal import Reileta
internal import Security
internal import Storage
internal import Webhooks

/// The configuration as the parts of the house take it.
extension Configuration {
    func database(in folder: DataFolder) -> DatabaseConfiguration {
        databaseURL == "sqlite" ? .sqlite(path: folder.databaseFile) : .postgresql(url: databaseURL)
    }

    /// What the start screen names.
    var apis: [StartScreen.API] {
        let isOn: [StartScreen.API: Bool] = [
            .chat: chatIsOn, .dawchat: dawchatIsOn, .cosmos: cosmos.isOn, .gale: gale.isOn, .reileta: reileta.isOn,
        ]
        return StartScreen.API.allCases.filter { isOn[$0] ?? false }
    }

    /// The database for people: no user, no password.
    func databaseDescription(in folder: DataFolder) -> String {
        guard databaseURL != "sqlite" else { return "SQLite, \(folder.databaseFile)" }
        // The user and the password stand before the last @, and the query may hold a password too.
        let place = databaseURL.prefix { $0 != "?" }
        if let end = place.lastIndex(of: "@") { return "PostgreSQL, \(place[place.index(after: end)...])" }
        // An @ behind a question mark may be part of either.
        return databaseURL.contains("@") ? "PostgreSQL" : "PostgreSQL, \(place)"
    }

    var communitySettings: CommunitySettings {
        var settings = CommunitySettings(
            serverName: serverName, registrationMode: registrationMode, refreshTokenSeconds: Int64(refreshTokenDays) * 86_400,
            passwordLength: passwordMinimumLength...128)
        settings.operators = Set(cosmos.operators)
        settings.maximumGalaxies = cosmos.maximumGalaxies
        settings.profilesPerAccount = gale.profilesPerUser
        settings.defaultTags = Set(reileta.defaultTags)
        settings.externalTags = Set(reileta.externalTags)
        settings.integritySeconds = Int64(reileta.integritySeconds)
        settings.assetBytesPerAccount = Int64(reileta.userBytes)
        settings.registrySessionSeconds = Int64(reileta.sessionDays) * 86_400
        settings.hasInstanceChannels = reileta.hasInstanceChannels
        return settings
    }

    func federationSettings(_ origin: PublicOrigin) -> FederationSettings {
        func sources(_ sources: [CosmosConfiguration.Source], _ role: KeySource.Role) -> [KeySource] {
            sources.map { KeySource(role: role, origin: $0.origin, issuer: $0.issuer, keysURL: $0.keysURL, pins: $0.pins) }
        }
        var settings = FederationSettings(
            publicOrigin: origin, sources: sources(cosmos.metadata, .metadata) + sources(cosmos.identity, .identity))
        settings.pinMode = PinMode(rawValue: cosmos.pinMode) ?? .strict
        settings.isTestMode = cosmos.isTestMode
        settings.allowsInsecureSources = cosmos.allowsInsecureSources
        settings.notBefore = cosmos.isRestored ? Timestamp.now().seconds : nil
        settings.skew = cosmos.skewSeconds
        settings.signatureMaximumAge = cosmos.signatureMaximumAge
        settings.tokenMaximumLifetime = cosmos.tokenMaximumLifetime
        return settings
    }

    var webhookSettings: WebhookSettings {
        var settings = WebhookSettings()
        settings.rules = OutboundURLRules(allowsInsecure: webhooks.allowsInsecure, allowsPorts: webhooks.allowsPorts)
        settings.schedule = webhooks.retrySchedule
        settings.system = webhooks.system.map { ($0.url, $0.events) }
        settings.userAgent = "CosmosSelfHosted/\(RoostVersion.current)"
        return settings
    }

    func cosmosSettings(_ origin: PublicOrigin, startedAt: Timestamp) -> CosmosSettings {
        var settings = CosmosSettings(
            origin: origin, startedAt: startedAt, software: cosmos.exposesSoftware ? RoostVersion.current : nil)
        settings.hasMetadataServers = !cosmos.metadata.isEmpty
        settings.issuers = cosmos.identity.compactMap(\.issuer)
        settings.requiresUserAssertion = cosmos.requiresUserAssertion
        settings.hasPublicGalaxyInfo = cosmos.hasPublicGalaxyInfo
        settings.maximumGalaxies = cosmos.maximumGalaxies
        return settings
    }

    /// - Parameter tokenKey: signs access tokens unless the operator has set a secret.
    func galeSettings(_ origin: PublicOrigin, tokenKey: [UInt8]) -> GaleSettings {
        var settings = GaleSettings(origin: origin, serverName: serverName, tokenKey: gale.tokenSecret.map { Array($0.utf8) } ?? tokenKey)
        settings.discord = gale.discord.map {
            GaleSettings.Discord(endpoint: $0.endpoint, clientID: $0.clientID, clientSecret: $0.clientSecret)
        }
        settings.target = gale.callback == "deeplink" ? .link : .local
        settings.archiveLimit = gale.profileLimit
        settings.hasShortCodes = gale.hasShortCodes
        return settings
    }

    func reiletaSettings(_ origin: PublicOrigin, startedAt: Timestamp) -> ReiletaSettings {
        var settings = ReiletaSettings(
            origin: origin, title: reileta.title ?? serverName, version: RoostVersion.current, startedAt: startedAt)
        settings.hasPublicURL = publicURL != nil
        settings.id = reileta.id
        settings.address = reileta.address
        settings.isSecure = reileta.isSecure
        settings.assetLimit = Int64(reileta.assetBytes)
        settings.engines = reileta.engines
        settings.platforms = reileta.platforms
        settings.fallbackWorld = reileta.fallbackWorld
        settings.deletesAccountAtLogout = reileta.deletesAccountAtLogout
        settings.hasSocketIO = reileta.hasSocketIO
        settings.reservationSeconds = Int64(reileta.reservationSeconds)
        return settings
    }

    /// Which addresses other servers of the Reileta kind may be asked at.
    var peerGuard: AddressGuard {
        AddressGuard(
            allowed: guardAllows + (reileta.allowsInsecurePeers ? PeerSettings.privateRanges : []), own: AddressGuard.ownAddresses())
    }

    var peerSettings: PeerSettings {
        var settings = PeerSettings(addressGuard: peerGuard, version: RoostVersion.current)
        settings.mode = PeerSettings.Mode(rawValue: reileta.peerMode) ?? .closed
        settings.allowed = reileta.allowedPeers
        settings.denied = reileta.deniedPeers
        settings.allowsInsecure = reileta.allowsInsecurePeers
        return settings
    }

    var presenceSettings: PresenceSettings {
        var settings = PresenceSettings()
        settings.offlineAfter = .milliseconds(offlineAfterMilliseconds)
        settings.offlineAfterLost = .milliseconds(offlineAfterLostMilliseconds)
        return settings
    }

    var chatSettings: ChatSettings {
        var settings = ChatSettings()
        settings.heartbeatInterval = .milliseconds(heartbeatMilliseconds)
        settings.accessTokenLifetime = .seconds(accessTokenSeconds)
        settings.bodyLimit = bodyLimit
        settings.limitsRates = limitsRates
        return settings
    }

    var dawchatSettings: DawchatSettings {
        var settings = DawchatSettings()
        settings.sessionSeconds = Int64(dawchatSessionDays) * 86_400
        settings.sessionsPerUser = dawchatSessionsPerUser
        settings.crossOrigins = dawchatCrossOrigins
        settings.isSecure = publicURL?.hasPrefix("https://") ?? false
        settings.keepAlive = .milliseconds(dawchatKeepAliveMilliseconds)
        settings.streamsPerUser = dawchatStreamsPerUser
        settings.bodyLimit = bodyLimit
        return settings
    }

    var requestLimits: RequestLimits.Settings {
        var settings = RequestLimits.Settings()
        settings.areOn = limitsRates
        settings.signInsPerMinute = signInsPerMinute
        settings.messagesPer5Seconds = messagesPer5Seconds
        settings.requestsPerSecond = requestsPerSecond
        return settings
    }
}
