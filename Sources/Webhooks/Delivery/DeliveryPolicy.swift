public import Primitives

/// How an attempt ended.
public enum AttemptResult: Sendable, Equatable {
    /// An answer: its status, and the value of `Retry-After`.
    case answered(Int, retryAfter: String?)
    /// No answer, and why, in one word.
    case failed(String)
    /// The address is not allowed.
    case forbidden
}

/// What follows from an attempt for its delivery.
public enum DeliveryVerdict: Sendable, Equatable {
    /// It has arrived.
    case delivered
    /// It is tried again after so many seconds.
    case retry(after: Int64)
    /// It is given up.
    case exhausted
    /// Its endpoint is told of nothing any more.
    case disable(DisabledReason)
}

/// How long an endpoint is left alone.
public struct EndpointPause: Sendable, Equatable {
    /// Nothing is sent before; nil: no pause.
    public var until: Timestamp?
    /// The length of its last pause without what the receiver asked for, in seconds; 0 without one.
    public var seconds: Int64

    /// No pause, unless something is said.
    public init(until: Timestamp? = nil, seconds: Int64 = 0) {
        self.until = until
        self.seconds = seconds
    }
}

/// When deliveries are tried again: the tables of contracts/cosmos.md 8.3, as pure functions.
public struct DeliveryPolicy: Sendable {
    /// Seconds that an answer may ask to wait, at most: a day.
    static let retryAfterLimit: Int64 = 86_400
    /// The first pause of an endpoint that has too much to do, in seconds; each further one is twice as long.
    static let firstPause: Int64 = 60
    /// The longest such pause, in seconds.
    static let longestPause: Int64 = 900

    /// Seconds before each attempt.
    public var schedule: [Int]

    /// A policy with a schedule, whose first entry stands before the first attempt.
    public init(schedule: [Int]) {
        self.schedule = schedule
    }

    /// What follows from an attempt.
    ///
    /// - Parameters:
    ///   - attempt: from 1.
    ///   - jitter: 0 to 1, of which a fifth makes the pause longer.
    public func verdict(on result: AttemptResult, attempt: Int, jitter: Double, now: Timestamp) -> DeliveryVerdict {
        switch result {
        case .forbidden: return .disable(.urlNotAllowed)
        case .answered(200...299, _): return .delivered
        case .answered(410, _): return .disable(.gone)
        case .answered, .failed:
            guard schedule.indices.contains(attempt) else { return .exhausted }
            let pause = Double(schedule[attempt]) * (1 + min(max(jitter, 0), 1) / 5)
            return .retry(after: max(Int64(pause.rounded(.up)), Self.retryAfter(result, now: now) ?? 0))
        }
    }

    /// The pause of an endpoint after a failure. One that has too much to do is left alone, twice as long each time; what was on its way already
    /// when it said so neither ends its pause nor makes it twice as long.
    public func pause(after result: AttemptResult, current: EndpointPause, now: Timestamp) -> EndpointPause {
        guard case .answered(let status, _) = result, [429, 502, 503, 504].contains(status) else { return current }
        var pause = current
        let isPaused = current.until.map { now < $0 } ?? false
        if !isPaused { pause.seconds = current.seconds == 0 ? Self.firstPause : min(current.seconds * 2, Self.longestPause) }
        let until = now.adding(seconds: max(isPaused ? 0 : pause.seconds, Self.retryAfter(result, now: now) ?? 0))
        pause.until = max(until, current.until ?? until)
        return pause
    }

    /// RFC 9110 10.2.3: seconds or a date.
    private static func retryAfter(_ result: AttemptResult, now: Timestamp) -> Int64? {
        guard case .answered(_, let text?) = result else { return nil }
        // However many digits: too many for a number are too many seconds.
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return min(Int64(text) ?? retryAfterLimit, retryAfterLimit)
        }
        guard let date = Timestamp(httpDate: text, now: now) else { return nil }
        return min(max(date.seconds - now.seconds, 0), retryAfterLimit)
    }
}

/// When an endpoint that only fails is given up (contracts/cosmos.md 8.4).
public enum EndpointHealth {
    /// How long an endpoint may only fail, in seconds: five days.
    public static let failingSeconds: Int64 = 5 * 86_400
    /// Attempts that have to fail in that time.
    public static let failingAttempts = 3
    /// Deliveries that may wait for an endpoint.
    public static let backlogLimit = 10_000

    /// Whether an endpoint is given up.
    ///
    /// - Parameters:
    ///   - firstFailureAt: since when it has only failed.
    ///   - failures: attempts that have failed since.
    public static func isFailing(firstFailureAt: Timestamp, failures: Int, now: Timestamp) -> Bool {
        failures >= failingAttempts && now >= firstFailureAt.adding(seconds: failingSeconds)
    }
}
