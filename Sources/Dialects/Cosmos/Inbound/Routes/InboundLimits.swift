internal import Security

/// How much may be posted to webhooks (contracts/cosmos.md 9.2, 9.6).
enum InboundLimits {
    /// Messages of one webhook.
    static let webhook = RateLimit(name: "cosmos-webhook", capacity: 5, per: .seconds(2))
    /// Messages of all webhooks of one channel.
    static let channel = RateLimit(name: "cosmos-webhook-channel", capacity: 30, per: .seconds(60))
    /// Deliveries of GitHub to one webhook.
    static let deliveries = RateLimit(name: "cosmos-deliveries", capacity: 60, per: .seconds(60))
    /// Bytes of a message: ten cards full of escaped characters are less.
    static let body = 262_144
    /// Bytes of a delivery of GitHub.
    static let gitHubBody = 5 << 20
}
