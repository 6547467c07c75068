internal import CCurl
internal import Primitives
internal import Reactor
internal import Security

/// The thread behind the client: it resolves, checks, sends and answers; nothing else touches libcurl.
final class ClientCore: Sendable {
    typealias Finish = @Sendable (Result<OutboundResponse, OutboundFailure>) -> Void

    private struct Job {
        var request: OutboundRequest
        var finish: Finish
    }

    /// What other threads have for this one.
    private struct Mailbox {
        var jobs: [Job] = []
        /// Names that a thread has begun to look for.
        var begun: [String] = []
        var resolved: [(name: String, addresses: [String])] = []
        /// Jobs that are taken and not finished.
        var taken = 0
        var isStopped = false
        /// Whether libcurl's handle is gone: a name may be found long after.
        var isClosed = false
    }

    /// How long a name may wait at most until a thread has time for it: other names may be slow.
    private static let turnTimeout = Duration.seconds(30)
    /// Threads that wait for names.
    private static let resolverThreads = 8
    /// Until the next look at the deadlines of names that are looked for, in milliseconds.
    private static let resolvingMilliseconds: Int32 = 200
    /// Without such, in milliseconds: mail wakes the thread, and libcurl keeps the deadlines of transfers itself.
    private static let idleMilliseconds: Int32 = 60_000

    private let addressGuard: AddressGuard
    private let ownAddresses: OwnNameAddresses?
    private let authorities: String?
    private let concurrency: Int
    private let resolver: NameResolver
    private let resolveTimeout: Duration
    private let workers: WorkerPool
    private let mailbox = Mutex(Mailbox())
    /// Unchecked because libcurl locks by itself: only the client's thread uses the handle, but for `curl_multi_wakeup`, which any thread may call.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer?

    init(guard: AddressGuard, ownName: String?, authorities: String?, concurrency: Int, resolver: NameResolver, resolveTimeout: Duration) {
        _ = Self.library
        addressGuard = `guard`
        ownAddresses = ownName.map { OwnNameAddresses(name: $0, resolver: resolver) }
        self.authorities = authorities
        self.concurrency = concurrency
        self.resolver = resolver
        self.resolveTimeout = resolveTimeout
        workers = WorkerPool(name: "resolver", threads: Self.resolverThreads, queueLimit: HTTPClient.queueLimit)
        multi = curl_multi_init()
    }

    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    // MARK: Other threads

    func submit(_ request: OutboundRequest, _ finish: @escaping Finish) {
        let refusal: OutboundFailure? = mailbox.withLock { mailbox in
            if mailbox.isStopped { return .stopped }
            let limit = HTTPClient.queueLimit + concurrency
            if mailbox.jobs.count + mailbox.taken >= limit { return .busy(limit: limit) }
            mailbox.jobs.append(Job(request: request, finish: finish))
            return nil
        }
        if let refusal { return finish(.failure(refusal)) }
        wake()
    }

    func stop() {
        mailbox.withLock { $0.isStopped = true }
        wake()
    }

    private func wake() {
        mailbox.withLock { mailbox in
            if !mailbox.isClosed, let multi { curl_multi_wakeup(multi) }
        }
    }

    // MARK: The thread

    /// A request whose name is being looked for.
    private struct Waiting {
        var job: Job
        /// When it has come.
        var enqueued: ContinuousClock.Instant
        /// When the search has begun for it; nil while no thread has time.
        var since: ContinuousClock.Instant?
        var deadline: ContinuousClock.Instant
    }

    /// A search for a name.
    private struct Search {
        var hasBegun = false
        var waiting: [Waiting] = []
    }

    /// What the thread has in its hands.
    private struct Work {
        /// Transfers at a time.
        let concurrency: Int
        /// By name, one search for all who want it: a name that is slow keeps one of the resolver's threads, however often it is asked for. It stays
        /// here until the system has given up, also when nobody waits for it any more.
        var resolving: [String: Search] = [:]
        var names = NameCache()
        /// What waits for its turn, and since when.
        var ready: [(job: Job, address: String, since: ContinuousClock.Instant)] = []
        var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
        var count: Int { resolving.values.reduce(0) { $0 + $1.waiting.count } + ready.count + transfers.count }
        /// Whether something could begin at once.
        var hasTurn: Bool { !ready.isEmpty && transfers.count < concurrency }
        /// How long the thread may sleep when nothing happens, in milliseconds.
        var patience: Int32 { hasTurn ? 0 : resolving.isEmpty && ready.isEmpty ? idleMilliseconds : resolvingMilliseconds }
    }

    func run() {
        var work = Work(concurrency: concurrency)
        while takeMail(&work) {
            expire(&work)
            begin(&work)
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collect(&work)
            curl_multi_poll(multi, nil, 0, work.patience, nil)
        }
        end(&work)
    }

    /// - Returns: false when the client has been stopped.
    private func takeMail(_ work: inout Work) -> Bool {
        let count = work.count
        let (jobs, begun, resolved, isStopped) = mailbox.withLock { mailbox in
            mailbox.taken = count + mailbox.jobs.count
            defer {
                mailbox.jobs = []
                mailbox.begun = []
                mailbox.resolved = []
            }
            return (mailbox.jobs, mailbox.begun, mailbox.resolved, mailbox.isStopped)
        }
        for name in begun { begin(name, &work) }
        for job in jobs { isStopped ? job.finish(.failure(.stopped)) : resolve(job, &work) }
        for (name, addresses) in resolved {
            work.names.keep(addresses, of: name, at: .now)
            for waiting in work.resolving.removeValue(forKey: name)?.waiting ?? [] {
                var job = waiting.job
                if let since = waiting.since { job.request.timeout -= ContinuousClock.now - since }
                check(job, addresses, &work)
            }
        }
        return !isStopped
    }

    private func resolve(_ job: Job, _ work: inout Work) {
        let host = job.request.url.host
        let isLiteral = job.request.url.isLiteral
        guard !isLiteral || ownAddresses != nil else { return check(job, [host], &work) }
        let now = ContinuousClock.now
        if let known = work.names.addresses(of: host, at: now) { return check(job, known, &work) }
        var waiting = Waiting(job: job, enqueued: now, deadline: now + min(Self.turnTimeout, job.request.timeout))
        if let search = work.resolving[host] {
            if search.hasBegun { begin(&waiting) }
            work.resolving[host]?.waiting.append(waiting)
            return
        }
        let isTaken = workers.submit { [self] in
            mailbox.withLock { $0.begun.append(host) }
            wake()
            let addresses = isLiteral ? [host] : resolver.addresses(host)
            // Here, where waiting costs nobody else anything.
            ownAddresses?.refresh()
            mailbox.withLock { $0.resolved.append((host, addresses)) }
            wake()
        }
        guard isTaken else { return job.finish(.failure(.busy(limit: HTTPClient.queueLimit))) }
        work.resolving[host] = Search(waiting: [waiting])
    }

    /// A thread has time for a name now: from here on it counts how long the search takes.
    private func begin(_ name: String, _ work: inout Work) {
        guard var search = work.resolving[name] else { return }
        search.hasBegun = true
        for index in search.waiting.indices { begin(&search.waiting[index]) }
        work.resolving[name] = search
    }

    private func begin(_ waiting: inout Waiting) {
        let now = ContinuousClock.now
        waiting.since = now
        waiting.job.request.timeout -= now - waiting.enqueued
        waiting.deadline = now + min(resolveTimeout, waiting.job.request.timeout)
    }

    /// One forbidden address refuses the name: whoever owns it could answer with another one the next time.
    private func check(_ job: Job, _ addresses: [String], _ work: inout Work) {
        guard let first = addresses.first else { return job.finish(.failure(.unresolvable)) }
        let isOwn = addresses.contains { ownAddresses?.contains($0) == true && !addressGuard.isOpened($0) }
        guard !isOwn, addresses.allSatisfy(addressGuard.permits) else { return job.finish(.failure(.forbiddenAddress)) }
        guard job.request.timeout > .zero else { return job.finish(.failure(.timedOut)) }
        work.ready.append((job, first, .now))
    }

    private func expire(_ work: inout Work) {
        guard !work.resolving.isEmpty || !work.ready.isEmpty else { return }
        let now = ContinuousClock.now
        for (job, _, since) in work.ready where since + job.request.timeout <= now { job.finish(.failure(.busy(limit: concurrency))) }
        work.ready.removeAll { job, _, since in since + job.request.timeout <= now }
        for (name, search) in work.resolving where search.waiting.contains(where: { $0.deadline <= now }) {
            work.resolving[name]?.waiting.removeAll { $0.deadline <= now }
            for waiting in search.waiting where waiting.deadline <= now {
                waiting.job.finish(.failure(waiting.since == nil ? .busy(limit: Self.resolverThreads) : .unresolvable))
            }
        }
    }

    private func begin(_ work: inout Work) {
        while work.hasTurn {
            var (job, address, since) = work.ready.removeFirst()
            job.request.timeout -= ContinuousClock.now - since
            guard let transfer = Transfer(job.request, to: address, authorities: authorities, finish: job.finish) else {
                job.finish(.failure(.unreachable))
                continue
            }
            curl_multi_add_handle(multi, transfer.handle)
            work.transfers[transfer.handle] = transfer
        }
    }

    private func collect(_ work: inout Work) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = work.transfers.removeValue(forKey: handle)
            else { continue }
            let result = transfer.result(message.pointee.data.result)
            // The name may have another address by now, or another that answers.
            if case .failure(.unreachable) = result { work.names.forget(transfer.host) }
            if case .failure(.timedOut) = result { work.names.forget(transfer.host) }
            finish(transfer, result)
        }
    }

    private func finish(_ transfer: Transfer, _ result: Result<OutboundResponse, OutboundFailure>) {
        curl_multi_remove_handle(multi, transfer.handle)
        transfer.close()
        transfer.finish(result)
    }

    private func end(_ work: inout Work) {
        for waiting in work.resolving.values.flatMap(\.waiting) { waiting.job.finish(.failure(.stopped)) }
        for (job, _, _) in work.ready { job.finish(.failure(.stopped)) }
        for transfer in work.transfers.values { finish(transfer, .failure(.stopped)) }
        // A name that the system still looks for is not waited for.
        workers.abandon()
        mailbox.withLock { $0.isClosed = true }
        curl_multi_cleanup(multi)
    }
}
