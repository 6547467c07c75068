/// Until when something has to be done that asks other servers: each request has its share, all of them together no more than the whole.
public struct PeerDeadline: Sendable {
    /// What one request to another server may take.
    static let request = Duration.seconds(5)

    private let end: ContinuousClock.Instant

    /// - Parameter duration: what all of it may take.
    public init(after duration: Duration = .seconds(10)) {
        end = .now + duration
    }

    /// What the next request may take.
    ///
    /// - Parameter isNested: whether the other server asks servers itself before it answers.
    /// - Throws: `PeerFailure.noResponse` when no time is left.
    func share(isNested: Bool = false) throws(PeerFailure) -> Duration {
        let left = end - .now
        guard left > .milliseconds(10) else { throw .noResponse(reason: "It took too long.") }
        return isNested ? left : min(left, Self.request)
    }
}
