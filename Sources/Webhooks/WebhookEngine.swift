public import Community
public import HTTPClient
public import Primitives
public import Reactor
public import Security
public import Storage

/// What is sent about one event.
public struct RenderedEvent: Sendable {
    /// The object `data`, whole.
    public var data: [UInt8]
    /// The same with ids only, for bodies that would be too large.
    public var thinData: [UInt8]

    /// What is sent.
    public init(data: [UInt8], thinData: [UInt8]) {
        self.data = data
        self.thinData = thinData
    }
}

/// What the engine needs to know of those who use it.
public struct WebhookSettings: Sendable {
    /// What URLs may look like.
    public var rules = OutboundURLRules()
    /// Seconds before each attempt.
    public var schedule = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// Endpoints of the operator.
    public var system: [(url: String, events: [String])] = []
    /// The `User-Agent` of deliveries.
    public var userAgent = "Roost"

    /// The defaults of contracts/cosmos.md.
    public init() {}
}

/// Sends what happens in galaxies to those who asked for it (contracts/cosmos.md 8, docs/decisions/0011-webhooks-and-the-log.md).
///
/// The event log is the outbox: each endpoint has a position in it. Reading on from there, writing deliveries and moving the position is one
/// transaction; sending them comes after, as often as the schedule says.
public final class WebhookEngine: Sendable {
    /// Deliveries on their way to one endpoint.
    static let perEndpoint = 4
    /// Deliveries on their way.
    static let overall = 64
    /// Deliveries on their way to one host.
    static let perHost = 2
    /// Deliveries on their way to all endpoints of one person: nobody holds the places of all others.
    static let perCreator = 16
    /// Events that are looked at in one go.
    static let page = 200
    /// How long a delivery belongs to the process that has taken it, in seconds: longer than an attempt can take.
    static let leaseSeconds: Int64 = 60

    let database: Database
    let community: Community
    let sender: OutboundSender
    let addressGuard: AddressGuard
    let settings: WebhookSettings
    let signingKey: @Sendable () -> Ed25519PrivateKey
    let render: @Sendable (SpaceEvent) -> RenderedEvent
    let clock: WallClock
    let random: @Sendable () -> Double
    let report: @Sendable (any Error) -> Void
    let progress = Mutex(Progress())

    /// What is going on.
    struct Progress {
        var isRunning = false
        /// Whether it was to look once more while it was looking.
        var isAskedAgain = false
        var isStopped = false
        /// The loop that it runs on.
        var loop: EventLoop?
        /// Whether anybody listens: while nobody does, events cost nothing here.
        var hasListeners = true
        /// Whether something has happened since the last look.
        var isDue = true
        /// Whether endpoints were changed since the last look, so that all are to be asked.
        var isDueForAll = true
        /// When all are asked in any case.
        var nextSweep = ContinuousClock.now
        /// Deliveries on their way, by endpoint, by host, and by who has made the endpoint.
        var byEndpoint: [EndpointID: Int] = [:]
        var byHost: [String: Int] = [:]
        var byCreator: [AccountID: Int] = [:]
        var count = 0
        /// The last event of the log that the endpoints which it may concern have been asked about.
        var position: Int64 = -1
    }

    /// - Parameters:
    ///   - database: opened with `WebhookEngine.schema`.
    ///   - addressGuard: what it has opened may be named by its address; the sender has its own say.
    ///   - signingKey: this server's key now.
    ///   - render: makes the body of an event.
    ///   - random: 0 to 1, for jitter.
    ///   - report: hears of what failed here.
    public init(
        database: Database, community: Community, sender: OutboundSender, addressGuard: AddressGuard, settings: WebhookSettings,
        signingKey: @escaping @Sendable () -> Ed25519PrivateKey, render: @escaping @Sendable (SpaceEvent) -> RenderedEvent,
        clock: @escaping WallClock = { .now() }, random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        report: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.database = database
        self.community = community
        self.sender = sender
        self.addressGuard = addressGuard
        self.settings = settings
        self.signingKey = signingKey
        self.render = render
        self.clock = clock
        self.random = random
        self.report = report
    }

    var policy: DeliveryPolicy { DeliveryPolicy(schedule: settings.schedule) }

    /// A URL that deliveries may go to now.
    ///
    /// - Throws: `OutboundURLError`.
    func url(_ text: String) throws(OutboundURLError) -> OutboundURL {
        try OutboundURL(text, rules: settings.rules, guard: addressGuard)
    }

    // MARK: Running

    /// Begins, on a loop; ends with `stop`.
    ///
    /// - Parameter tick: how often it looks without being woken: for what is due after a while, and for what other processes have written.
    public func start(on loop: EventLoop, every tick: Duration = .seconds(1)) {
        progress.withLock { $0.loop = loop }
        loop.execute { self.again(on: loop, every: tick) }
    }

    /// Says that something has happened in a galaxy. Returns at once; while nobody listens, that is all.
    public func wake() {
        let isHeard = progress.withLock { progress in
            defer { progress.isDue = true }
            return !progress.isDue && progress.hasListeners
        }
        if isHeard { look() }
    }

    /// Says that endpoints or deliveries are others than before. Returns at once.
    func wakeForChange() {
        progress.withLock { $0.isDueForAll = true }
        look()
    }

    /// Takes no more work. Whoever stops the client next ends what is on its way, which is sent again after the next start.
    public func stop() {
        progress.withLock { $0.isStopped = true }
    }

    /// Waits until nothing is on its way any more, for `deadline` at most.
    public func drained(deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while progress.withLock({ $0.count > 0 }), ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(10)) }
    }

    private func again(on loop: EventLoop, every tick: Duration) {
        guard !progress.withLock({ $0.isStopped }) else { return }
        look()
        loop.schedule(after: tick) { self.again(on: loop, every: tick) }
    }

    /// Looks once, or once more after the look that is going on.
    private func look() {
        let free: EventLoop? = progress.withLock { progress in
            guard !progress.isStopped, let loop = progress.loop else { return nil }
            guard !progress.isRunning else {
                progress.isAskedAgain = true
                return nil
            }
            progress.isRunning = true
            return loop
        }
        guard let loop = free else { return }
        loop.execute { loop.start { await self.look(on: loop) } }
    }

    private func look(on loop: EventLoop) async {
        repeat {
            await run { delivery, record in
                // Whatever was sent has left its place to the next one.
                loop.start { if await self.attempt(delivery, record) { self.look() } }
            }
        } while isLookingAgain()
    }

    private func isLookingAgain() -> Bool {
        progress.withLock { progress in
            progress.isRunning = progress.isAskedAgain && !progress.isStopped
            progress.isAskedAgain = false
            return progress.isRunning
        }
    }

    /// Looks once for events and for deliveries.
    ///
    /// - Parameter begin: begins an attempt; it need not wait for its end.
    func run(_ begin: (DueDelivery, EndpointRecord) async -> Void) async {
        do {
            try await pump()
            for (delivery, record) in try await takeDue() { await begin(delivery, record) }
        } catch DatabaseError.closed {
            stop()
        } catch {
            report(error)
        }
    }
}
