internal import Security

/// How often somebody may ask (contracts/cosmos.md 10, "Rate limits").
enum CosmosLimits {
    static let anonymous = RateLimit(name: "cosmos-anonymous", capacity: 60, per: .seconds(60))
    static let user = RateLimit(name: "cosmos-user", capacity: 300, per: .seconds(60))
    static let newChannels = RateLimit(name: "cosmos-channels", capacity: 10, per: .seconds(60))
    static let server = RateLimit(name: "cosmos-server", capacity: 600, per: .seconds(60))
    static let failures = RateLimit(name: "cosmos-failures", capacity: 30, per: .seconds(60))
}
