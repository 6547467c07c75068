/// What an operator may set about the Dawchat dialect (contracts/configuration.md).
public struct DawchatSettings: Sendable {
    /// How long a login lasts, in seconds.
    public var sessionSeconds: Int64 = 7 * 86_400
    /// Logins of one account; the one unused for longest makes room.
    public var sessionsPerUser = 20
    /// Origins whose pages may use the API with their visitor's cookie.
    public var crossOrigins: [String] = []
    /// Whether clients reach the server over TLS: then the cookie goes nowhere else.
    public var isSecure = false
    /// How often an event stream shows that it is alive.
    public var keepAlive = Duration.seconds(15)
    /// Event streams of one account; the oldest makes room.
    public var streamsPerUser = 20
    /// Largest JSON body in bytes.
    public var bodyLimit = 1 << 20

    /// The defaults of the contract.
    public init() {}
}
