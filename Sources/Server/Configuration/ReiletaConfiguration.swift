internal import Federation

/// What an operator has set about Reileta (contracts/reileta.md, contracts/configuration.md).
struct ReiletaConfiguration: Sendable {
    /// A program that looks at each file of an asset before it is taken.
    struct AssetCheck: Sendable, Equatable {
        /// The program, and what it is given before the path of the file; not empty.
        var command: [String]
        /// How long it may take.
        var seconds: Int
        /// Where it was set.
        var place: String
    }

    var isOn: Bool
    /// Nil: the address.
    var id: String?
    /// Nil: the name of the server.
    var title: String?
    /// Nil: that of the public URL.
    var address: String?
    /// Nil: as the public URL says.
    var isSecure: Bool?
    var defaultTags: [String]
    var engines: [String]
    var platforms: [String]
    var assetBytes: Int
    var userBytes: Int
    /// Nil: files are taken as they are.
    var assetCheck: AssetCheck?
    var sessionDays: Int
    var socketsPerUser: Int
    var fallbackWorld: String?
    var hasInstanceChannels: Bool
    var reservationSeconds: Int
    var hasSocketIO: Bool
    var deletesAccountAtLogout: Bool
    /// Whether other servers are asked over http, and at private addresses.
    var allowsInsecurePeers: Bool
    /// Which other servers may speak for their people here: `open` or `closed`.
    var peerMode: String
    var allowedPeers: [String]
    var deniedPeers: [String]
    var integritySeconds: Int
    /// What people of other servers may here.
    var externalTags: [String]

    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        isOn = values.flag("reileta.enabled")
        id = values.text("reileta.id")
        title = values.text("reileta.title")
        address = values.text("reileta.address").map { PeerAddress.normalized($0) ?? $0 }
        isSecure = values.text("reileta.secure") == nil ? nil : values.flag("reileta.secure")
        defaultTags = values.list("reileta.default_tags")
        engines = values.list("reileta.engines")
        platforms = values.list("reileta.platforms")
        assetBytes = values.integer("reileta.max_asset_bytes") ?? 0
        userBytes = values.integer("reileta.max_user_bytes") ?? 0
        sessionDays = values.integer("reileta.session_days") ?? 0
        socketsPerUser = values.integer("reileta.sockets_per_user") ?? 0
        assetCheck = try Self.assetCheck(values)
        fallbackWorld = values.text("reileta.fallback_world")
        hasInstanceChannels = values.flag("reileta.instance_channels")
        reservationSeconds = values.integer("reileta.reservation_seconds") ?? 60
        hasSocketIO = values.flag("reileta.socket_io")
        deletesAccountAtLogout = values.flag("reileta.legacy_delete_account")
        allowsInsecurePeers = values.flag("reileta.allow_insecure_peers")
        peerMode = values.text("reileta.peers.mode") ?? "open"
        allowedPeers = values.list("reileta.peers.allow")
        deniedPeers = values.list("reileta.peers.deny")
        integritySeconds = values.integer("reileta.integrity_seconds") ?? 0
        externalTags = values.list("reileta.external_tags")
        if let address, PeerAddress.normalized(address) == nil {
            throw ConfigurationError(
                place: values.origin("reileta.address").description,
                reason: "reileta.address must be a host, with a port if it has one, such as vr.example.org:3032")
        }
        for (path, tags) in [("reileta.default_tags", defaultTags), ("reileta.external_tags", externalTags)]
        where tags.contains(where: { $0.isEmpty || $0.contains(",") }) {
            throw ConfigurationError(
                place: values.origin(path).description, reason: "\(path) must hold tags such as avr:login_user")
        }
        for (path, peers) in [("reileta.peers.allow", allowedPeers), ("reileta.peers.deny", deniedPeers)] {
            guard let wrong = peers.first(where: { PeerAddress.normalized($0) == nil }) else { continue }
            throw ConfigurationError(
                place: values.origin(path).description,
                reason: "\(path) has \(wrong), which is no host, with a port if it has one, such as vr.example.org:3032")
        }
    }

    private static func assetCheck(_ values: ConfigurationValues) throws(ConfigurationError) -> AssetCheck? {
        let command = values.list("reileta.asset_check")
        guard let program = command.first else { return nil }
        let place = values.origin("reileta.asset_check").description
        guard !program.isEmpty, !command.contains(where: { $0.utf8.contains(0) }) else {
            throw ConfigurationError(
                place: place, reason: "reileta.asset_check must be a program and its arguments, such as [/usr/bin/check, -q]")
        }
        return AssetCheck(command: command, seconds: values.integer("reileta.asset_check_seconds") ?? 0, place: place)
    }
}
