internal import HTTPClient
internal import Primitives
internal import Reactor
internal import Security
internal import Storage

/// Knows the keys of the sources: cached, fetched again when they are old or one is unknown, one fetch of a source at a time.
final class KeyDirectory: Sendable {
    private struct State {
        var documents: [String: KeyDocument] = [:]
        /// Sources whose last document has been looked for in the database.
        var loaded: Set<String> = []
        var attemptedAt: [String: Timestamp] = [:]
        /// Sources whose last fetch has failed.
        var failing: Set<String> = []
        /// Those who wait for the fetch of a source that is on its way.
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    let database: Database
    private let fetcher: KeyFetcher
    let settings: FederationSettings
    private let clock: WallClock
    let report: @Sendable (KeyNotice) -> Void
    let audit: @Sendable (KeyChange, Transaction) throws -> Void
    private let state = Mutex(State())

    init(
        database: Database, sender: OutboundSender, settings: FederationSettings, clock: @escaping WallClock,
        report: @escaping @Sendable (KeyNotice) -> Void, audit: @escaping @Sendable (KeyChange, Transaction) throws -> Void
    ) {
        self.database = database
        self.settings = settings
        self.clock = clock
        self.report = report
        self.audit = audit
        fetcher = KeyFetcher(sender: sender, settings: settings)
    }

    /// The key of a thumbprint, when one of the sources has it and it counts now.
    ///
    /// - Throws: `TrustFailure.unknownKey` when none of them has it; `.unavailable` when one of them cannot be asked and could have it.
    func key(_ thumbprint: String, of sources: [KeySource]) async throws(TrustFailure) -> (KeySource, Ed25519PublicKey) {
        // Who trusts nobody need not ask anybody.
        guard !sources.isEmpty, Ed25519PublicKey.isThumbprint(thumbprint) else { throw .unknownKey }
        let isPermitted = try await isPermitted(thumbprint)
        let sources = try await owners(of: thumbprint, among: sources.filter(isPermitted))
        // Where it is known already nobody else has to be asked.
        for source in sources {
            if let key = try await key(thumbprint, of: source, asking: false) { return (source, key) }
        }
        var isAnswered = true
        for source in sources {
            if let key = try await key(thumbprint, of: source, asking: true) { return (source, key) }
            isAnswered = isAnswered && document(of: source)?.isUsable(at: clock()) == true
        }
        throw isAnswered ? .unknownKey : .unavailable
    }

    private func key(_ thumbprint: String, of source: KeySource, asking: Bool) async throws(TrustFailure) -> Ed25519PublicKey? {
        try await load(source)
        if asking {
            await refresh(source)
        } else if document(of: source)?.isFresh(at: clock()) != true {
            // Nobody waits again for a server that did not answer the last time: what is known of it counts meanwhile.
            guard isFailing(source), let loop = EventLoop.current else { return nil }
            if isDue(source) { loop.start { [self] in await refresh(source) } }
        }
        let now = clock()
        guard let document = document(of: source), document.isUsable(at: now), let entry = document.keys[thumbprint],
            entry.isGood(at: now.seconds), try await pins(of: source).trusts(thumbprint)
        else { return nil }
        return entry.key
    }

    /// The keys of a source that are good now, as far as they are known; some may be revoked or not trusted.
    func goodKeys(of source: KeySource) async throws(TrustFailure) -> Set<String> {
        try await load(source)
        let now = clock()
        guard let document = document(of: source), document.isUsable(at: now) else { return [] }
        return Set(document.keys.entries.filter { $0.isGood(at: now.seconds) }.map(\.key.thumbprint))
    }

    /// The keys that are a source's, whether they count or not.
    func ownKeys(of source: KeySource) async throws(TrustFailure) -> Set<String> {
        try await load(source)
        let published = document(of: source)?.keys.entries.map(\.key.thumbprint) ?? []
        return try await pins(of: source).all.union(published)
    }

    func document(of source: KeySource) -> KeyDocument? {
        state.withLock { $0.documents[source.name] }
    }

    // MARK: Fetching

    /// Whether a source may be asked again.
    private func isDue(_ source: KeySource) -> Bool {
        let now = clock()
        return state.withLock { state in
            guard state.waiting[source.name] == nil else { return false }
            guard let last = state.attemptedAt[source.name] else { return true }
            return now < last || now >= last.adding(seconds: KeyDocument.refetchPause)
        }
    }

    /// Whether the last fetch of a source has failed.
    private func isFailing(_ source: KeySource) -> Bool {
        state.withLock { $0.failing.contains(source.name) }
    }

    private enum Part {
        case fetch
        case wait
        case none
    }

    /// Fetches the document, unless that was tried within the last minute. Whoever comes meanwhile waits for the same fetch.
    private func refresh(_ source: KeySource) async {
        let now = clock()
        let part: Part = state.withLock { state in
            if state.waiting[source.name] != nil { return .wait }
            if let last = state.attemptedAt[source.name], now >= last, now < last.adding(seconds: KeyDocument.refetchPause) { return .none }
            state.waiting[source.name] = []
            state.attemptedAt[source.name] = now
            return .fetch
        }
        switch part {
        case .none: return
        case .wait: await join(source)
        case .fetch:
            await fetch(source)
            let waiting = state.withLock { $0.waiting.removeValue(forKey: source.name) ?? [] }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func join(_ source: KeySource) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                guard state.waiting[source.name] != nil else { return false }
                state.waiting[source.name]?.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    /// A failed fetch leaves what is known; a good one replaces all of it.
    private func fetch(_ source: KeySource) async {
        guard let fetched = await fetcher.fetch(source) else {
            state.withLock { _ = $0.failing.insert(source.name) }
            return report(.unreachable(source.origin))
        }
        let now = clock()
        warn(of: fetched, from: source, at: now)
        do {
            try await introduce(fetched, from: source, at: now)
            try await note(fetched.keys, of: source)
            _ = try await database.transaction { tx in
                try tx.execute(
                    """
                    INSERT INTO key_documents (source, url, document, fetched_at, lifetime) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (source) DO UPDATE SET url = excluded.url, document = excluded.document,
                        fetched_at = excluded.fetched_at, lifetime = excluded.lifetime
                    """,
                    [
                        .text(source.name), .text(source.keysURL), .blob(fetched.body), .integer(now.microseconds),
                        .integer(fetched.lifetime),
                    ])
            }
        } catch {
            return report(.failed(source.origin))
        }
        let document = KeyDocument(keys: fetched.keys, fetchedAt: now, lifetime: fetched.lifetime)
        state.withLock { state in
            state.documents[source.name] = document
            state.failing.remove(source.name)
        }
    }

    /// Clocks that are far apart are told of before they make signatures untimely.
    private func warn(of fetched: FetchedKeys, from source: KeySource, at now: Timestamp) {
        guard let date = fetched.date else { return }
        let seconds = date.seconds - now.seconds
        if abs(seconds) > KeyNotice.clockTolerance { report(.clock(source.origin, seconds: seconds)) }
    }

    private func load(_ source: KeySource) async throws(TrustFailure) {
        guard !state.withLock({ $0.loaded.contains(source.name) }) else { return }
        let name = source.name
        // What came from another URL is not what the operator wants any more.
        let stored = try await reading { reader in
            try reader.first(
                "SELECT document, fetched_at, lifetime FROM key_documents WHERE source = $1 AND url = $2",
                [.text(name), .text(source.keysURL)]
            ) { row in
                (try row.blob(0), Timestamp(microseconds: try row.integer(1)), try row.integer(2))
            }
        }
        state.withLock { state in
            state.loaded.insert(name)
            guard state.documents[name] == nil, let (bytes, fetchedAt, lifetime) = stored,
                let keys = try? JSONWebKeySet(parsing: bytes)
            else { return }
            state.documents[name] = KeyDocument(keys: keys, fetchedAt: fetchedAt, lifetime: lifetime)
        }
    }
}
