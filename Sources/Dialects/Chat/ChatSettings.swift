/// What an operator may set about the Chat dialect (contracts/configuration.md).
public struct ChatSettings: Sendable {
    /// How often a gateway client shall send a heartbeat.
    public var heartbeatInterval: Duration = .seconds(30)
    /// How long an access token is good.
    public var accessTokenLifetime: Duration = .seconds(3_600)
    /// Largest JSON body in bytes.
    public var bodyLimit = 1 << 20
    /// Logins and registrations from one address, in a minute.
    public var signInsPerMinute = 10
    /// Messages of one user in one channel, in five seconds.
    public var messagesPer5Seconds = 5
    /// Requests of one user, in a second.
    public var requestsPerSecond = 50
    /// False switches all rate limits off, for tests and benchmarks.
    public var limitsRates = true

    /// The defaults of the contract.
    public init() {}
}
