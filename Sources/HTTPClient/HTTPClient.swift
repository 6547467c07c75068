internal import CCurl
internal import Primitives
internal import Reactor
public import Security

/// Sends requests to other servers, with libcurl on a thread of its own (docs/decisions/0009-requests-to-other-servers.md).
///
/// A name is resolved first and every address of it has to pass the guard; the connection goes to an address that has. Redirects are not followed,
/// answers are not decompressed, cookies and proxies are not used.
public final class HTTPClient: Sendable {
    /// Requests that are on their way at a time, unless there may be more.
    public static let concurrencyLimit = 64
    /// Requests that wait for their turn.
    public static let queueLimit = 1_024
    /// How long resolving a name may take.
    public static let resolveTimeout = Duration.seconds(5)

    private let core: ClientCore
    private let thread: SystemThread
    private let isStopped = Mutex(false)

    /// Starts the client.
    ///
    /// - Parameters:
    ///   - guard: decides which addresses may be connected to.
    ///   - ownName: the host of this server's own URL, whose addresses may not be connected to; nil: they may.
    ///   - authorities: a file in PEM with the certificates of the authorities that are believed, in the place of the system's; nil: the system's.
    ///   - concurrency: requests that are on their way at a time.
    ///   - resolver: finds the addresses of names.
    ///   - resolveTimeout: after which a name counts as unresolvable.
    public init(
        guard: AddressGuard, ownName: String? = nil, authorities: String? = nil, concurrency: Int = HTTPClient.concurrencyLimit,
        resolver: NameResolver = .system,
        resolveTimeout: Duration = HTTPClient.resolveTimeout
    ) {
        core = ClientCore(
            guard: `guard`, ownName: ownName, authorities: authorities, concurrency: concurrency, resolver: resolver,
            resolveTimeout: resolveTimeout)
        thread = SystemThread(name: "http-client") { [core] in core.run() }
    }

    /// Sends one request and waits for its answer, or for why there is none.
    public func send(_ request: OutboundRequest) async -> Result<OutboundResponse, OutboundFailure> {
        // A result that is there before it is waited for is handed over inside the runtime.
        let finished = ThreadOrder()
        defer { finished.pass() }
        return await withCheckedContinuation { continuation in
            core.submit(request) { result in
                finished.pass()
                continuation.resume(returning: result)
            }
        }
    }

    /// Ends what is on its way with `OutboundFailure.stopped`. Further requests end so at once.
    public func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        core.stop()
        thread.join()
    }

    deinit {
        core.stop()
    }
}
