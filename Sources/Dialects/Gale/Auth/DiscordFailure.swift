/// Why Discord has not said who somebody is, for the operator's log: whoever signs in is told that something went wrong, and no more.
struct DiscordFailure: Error, CustomStringConvertible {
    /// Names the step and what came of it; nothing of what was sent or answered.
    var description: String

    /// - Parameters:
    ///   - step: the path that was asked.
    ///   - reason: a status, or a word for why there was no answer.
    init(_ step: String, _ reason: String) {
        description = "Discord, \(step): \(reason)"
    }

    /// An answer that is not the one that was asked for; with 200 it is what it says that cannot be used.
    init(_ step: String, status: Int) {
        self.init(step, status == 200 ? "an answer that cannot be used" : "status \(status)")
    }
}
