public import Primitives

/// What an operator can set about the Reileta API (contracts/configuration.md).
public struct ReiletaSettings: Sendable {
    /// The canonical origin of this server.
    public var origin: PublicOrigin
    /// Whether the operator has set that origin.
    public var hasPublicURL = false
    /// Shown to people, unless an administrator has changed it.
    public var title: String
    /// The version of this program.
    public var version: String
    /// When the program started.
    public var startedAt: Timestamp
    /// The id of the server, a free text; nil: its address.
    public var id: String?
    /// Host and port; nil: those of the origin.
    public var address: String?
    /// Whether the server is reached by TLS; nil: as the origin says.
    public var isSecure: Bool?
    /// Engines that assets are made for.
    public var engines = ["unity", "unreal", "godot", "cryengine", "lumberyard", "source", "custom", "browser", "other"]
    /// Platforms that assets are made for.
    public var platforms = ["windows", "linux", "macos", "android", "ios", "web", "other"]
    /// Bytes of the file of an asset. Clients keep the size in 32 bits.
    public var assetLimit: Int64 = 2_147_483_647
    /// The world of those who have none of their own, as it is named on the wire.
    public var fallbackWorld: String?
    /// How long a place in an instance is held for somebody who was let in, in seconds (contracts/reileta.md 3.5).
    public var reservationSeconds: Int64 = 60
    /// Whether `DELETE /api/auth/logout` deletes the account, as the first server of this API did.
    public var deletesAccountAtLogout = false
    /// Whether old clients find a Socket.IO server here.
    public var hasSocketIO = true

    /// The defaults of contracts/configuration.md.
    public init(origin: PublicOrigin, title: String, version: String, startedAt: Timestamp) {
        self.origin = origin
        self.title = title
        self.version = version
        self.startedAt = startedAt
    }
}
