public import HTTPClient
public import Primitives
internal import Security
public import Storage

/// Other servers of the Reileta kind: finds them, asks them, and decides which of them may speak for their people here (contracts/reileta.md 3).
public final class Peers: Sendable {
    /// This server, as others know it. An administrator may give it another address while it runs.
    public struct Own: Sendable {
        /// The one address.
        public var address: @Sendable () -> String
        /// Whether an address is one of this server's.
        public var isOwn: @Sendable (String) -> Bool

        /// This server.
        public init(address: @escaping @Sendable () -> String, isOwn: @escaping @Sendable (String) -> Bool) {
            self.address = address
            self.isOwn = isOwn
        }
    }

    /// Requests to one machine that are under way at a time: a slow one keeps no others from being asked.
    static let concurrencyLimit = 32

    /// What the operator has set.
    public let settings: PeerSettings
    let database: Database
    let own: Own
    let clock: WallClock
    let rules: PeerURLRules
    let directory: PeerCache
    /// Proofs that are under way.
    let proofs = SharedWork<String>()
    private let sender: OutboundSender
    private let underWay = UnderWay()

    /// - Parameters:
    ///   - database: opened with `Federation.schema`.
    ///   - sender: asks other servers; its guard has to permit what the settings do.
    ///   - now: what passes while no clock is set: how long what is known of others counts.
    public init(
        database: Database, sender: OutboundSender, settings: PeerSettings, own: Own, clock: @escaping WallClock = { .now() },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.settings = settings
        self.database = database
        self.own = own
        self.clock = clock
        self.sender = sender
        directory = PeerCache(now: now)
        rules = PeerURLRules(settings: settings)
    }

    /// What is kept of other servers.
    public var records: PeerRecords { PeerRecords(database: database, clock: clock) }

    /// What requests of this server say of it (contracts/reileta.md 3.1, step 5).
    var agent: String { "AVR/\(settings.version)(Server; \(own.address()))" }

    /// One request, to one address.
    ///
    /// - Parameters:
    ///   - token: shows who asks.
    ///   - person: for whom, as `u_…@<own address>`.
    ///   - isNested: whether the other server asks servers itself before it answers.
    /// - Throws: `PeerFailure`.
    func send(
        _ method: String, _ address: String, body: [UInt8] = [], token: String? = nil, person: String? = nil, bodyLimit: Int,
        deadline: PeerDeadline, isNested: Bool = false
    ) async throws(PeerFailure) -> OutboundResponse {
        let url = try rules.url(address)
        var headers = [("user-agent", agent), ("via", "AVR/\(own.address())"), ("accept", "application/json")]
        if !body.isEmpty { headers.append(("content-type", "application/json")) }
        if let token { headers.append(("authorization", token)) }
        if let person { headers.append(("x-avr-as", person)) }
        let share = try deadline.share(isNested: isNested)
        let machine = machine(of: url.authority)
        guard underWay.begin(machine, limit: Self.concurrencyLimit) else {
            throw .busy(reason: "At most \(Self.concurrencyLimit) requests to one server at a time.")
        }
        defer { underWay.end(machine) }
        let request = OutboundRequest(
            method: method, url: url, headers: headers, body: body, connectTimeout: min(share, PeerDeadline.request), timeout: share,
            bodyLimit: bodyLimit, overflow: .refuse)
        switch await sender.send(request) {
        case .success(let response): return response
        case .failure(.busy(let limit)): throw .busy(reason: "At most \(limit) requests to other servers at a time.")
        case .failure(.tooLarge(let limit)): throw .badStructure(reason: "The answer has more than \(limit) bytes.")
        case .failure(let failure): throw .noResponse(reason: failure.word)
        }
    }

    /// What limits count servers by: one machine can be any number of servers, each at a port of its own. Where servers may stand side by side on
    /// private addresses, each counts for itself.
    public func machine(of address: String) -> String {
        settings.allowsInsecure ? address : PeerAddress.host(of: address)
    }
}
