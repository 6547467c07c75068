/// What an operator has set about outgoing webhooks (contracts/cosmos.md 8, 12).
struct WebhookConfiguration: Sendable {
    /// An endpoint that hears of all galaxies.
    struct System: Sendable, Equatable {
        var url: String
        var events: [String]
    }

    var allowsInsecure: Bool
    var allowsPorts: Bool
    /// Delays before the attempts, in seconds; the first stands before the first attempt.
    var retrySchedule: [Int]
    var system: [System]

    init(_ values: ConfigurationValues) {
        allowsInsecure = values.flag("webhooks.allow_insecure")
        allowsPorts = values.flag("webhooks.allow_ports")
        retrySchedule = values.numbers("webhooks.retry_schedule_seconds")
        system = values.records("webhooks.system").map { record in
            System(url: record.text("url") ?? "", events: record.list("events") ?? ["*"])
        }
    }
}
