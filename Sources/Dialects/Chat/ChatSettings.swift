/// What an operator may set about the Chat dialect (contracts/configuration.md).
public struct ChatSettings: Sendable {
    /// How often a gateway client shall send a heartbeat.
    public var heartbeatInterval: Duration = .seconds(30)
    /// How long an access token is good.
    public var accessTokenLifetime: Duration = .seconds(3_600)
    /// Largest JSON body in bytes.
    public var bodyLimit = 1 << 20
    /// False takes as many frames of a gateway client as it sends, for tests and benchmarks.
    public var limitsRates = true

    /// The defaults of the contract.
    public init() {}
}
