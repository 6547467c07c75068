internal import HTTPClient
internal import Primitives
internal import Security

/// The keys of a source as they were fetched last, and how long that is good for (contracts/cosmos.md 3.5, "Cache").
struct KeyDocument: Sendable {
    /// How long a document that does not say is good for, in seconds.
    static let defaultLifetime: Int64 = 3_600
    /// However short or long a document says that it is good for, in seconds.
    static let lifetimes: ClosedRange<Int64> = 300...86_400
    /// How long after the last success its keys count when the source cannot be reached, in seconds.
    static let staleLimit: Int64 = 7 * 86_400
    /// Seconds between two fetches that an unknown key or a failure asks for.
    static let refetchPause: Int64 = 60

    var keys: JSONWebKeySet
    var fetchedAt: Timestamp
    /// In seconds.
    var lifetime: Int64

    /// One that comes from the future is not: a clock that was wrong once must not keep a key for years.
    func isFresh(at now: Timestamp) -> Bool { fetchedAt <= now && now < fetchedAt.adding(seconds: lifetime) }
    /// The same, but for a clock that was set back a little.
    func isUsable(at now: Timestamp) -> Bool {
        fetchedAt <= now.adding(seconds: Self.lifetimes.lowerBound) && now <= fetchedAt.adding(seconds: Self.staleLimit)
    }

    /// The lifetime that `Cache-Control` asks for (RFC 9111 5.2.2).
    static func lifetime(cacheControl: String?) -> Int64 {
        let directives = (cacheControl ?? "").lowercased().split(separator: ",").map { String($0).trimmed }
        if directives.contains(where: { $0 == "no-store" || $0 == "no-cache" }) { return lifetimes.lowerBound }
        guard let text = directives.first(where: { $0.hasPrefix("max-age=") })?.dropFirst(8), !text.isEmpty,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return defaultLifetime }
        // RFC 9111 1.2.2: a number that is too large is a large one.
        return min(max(Int64(text) ?? .max, lifetimes.lowerBound), lifetimes.upperBound)
    }
}
