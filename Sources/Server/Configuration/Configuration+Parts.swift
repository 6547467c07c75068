internal import Chat
internal import Community
internal import Storage

/// The configuration as the parts of the house take it.
extension Configuration {
    func database(in folder: DataFolder) -> DatabaseConfiguration {
        databaseURL == "sqlite" ? .sqlite(path: folder.databaseFile) : .postgresql(url: databaseURL)
    }

    /// The database for people: no user, no password.
    func databaseDescription(in folder: DataFolder) -> String {
        guard databaseURL != "sqlite" else { return "SQLite, \(folder.databaseFile)" }
        let place = databaseURL.split(separator: "@").last.map(String.init) ?? databaseURL
        return "PostgreSQL, \(place.split(separator: "?").first.map(String.init) ?? place)"
    }

    var communitySettings: CommunitySettings {
        CommunitySettings(
            serverName: serverName, registrationMode: registrationMode, refreshTokenSeconds: Int64(refreshTokenDays) * 86_400)
    }

    var chatSettings: ChatSettings {
        var settings = ChatSettings()
        settings.heartbeatInterval = .milliseconds(heartbeatMilliseconds)
        settings.accessTokenLifetime = .seconds(accessTokenSeconds)
        settings.bodyLimit = bodyLimit
        settings.limitsRates = limitsRates
        return settings
    }
}
