internal import HTTPClient
internal import Primitives
internal import Security
internal import Storage

/// Knows the keys of the sources: cached, fetched again when they are old or one is unknown, one fetch of a source at a time.
final class KeyDirectory: Sendable {
    private struct State {
        var documents: [String: KeyDocument] = [:]
        /// Sources whose last document has been looked for in the database.
        var loaded: Set<String> = []
        var attemptedAt: [String: Timestamp] = [:]
        /// Those who wait for the fetch of a source that is on its way.
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let database: Database
    private let fetcher: KeyFetcher
    private let settings: FederationSettings
    private let clock: WallClock
    private let report: @Sendable (KeyNotice) -> Void
    private let state = Mutex(State())

    init(
        database: Database, sender: OutboundSender, settings: FederationSettings, clock: @escaping WallClock,
        report: @escaping @Sendable (KeyNotice) -> Void
    ) {
        self.database = database
        self.settings = settings
        self.clock = clock
        self.report = report
        fetcher = KeyFetcher(sender: sender, settings: settings)
    }

    /// The key of a thumbprint, when one of the sources has it and it counts now.
    ///
    /// - Throws: `TrustFailure.unknownKey`; `.unavailable` when no source can say.
    func key(_ thumbprint: String, of sources: [KeySource]) async throws(TrustFailure) -> (KeySource, Ed25519PublicKey) {
        guard settings.isTestMode || thumbprint != Ed25519PublicKey.exampleThumbprint else { throw .unknownKey }
        guard try await !isRevoked(thumbprint) else { throw .unknownKey }
        // Where it is known already nobody else has to be asked.
        for source in sources {
            if let key = try await key(thumbprint, of: source, asking: false) { return (source, key) }
        }
        var isAnswered = false
        for source in sources {
            if let key = try await key(thumbprint, of: source, asking: true) { return (source, key) }
            isAnswered = isAnswered || document(of: source)?.isUsable(at: clock()) == true
        }
        throw isAnswered ? .unknownKey : .unavailable
    }

    private func key(_ thumbprint: String, of source: KeySource, asking: Bool) async throws(TrustFailure) -> Ed25519PublicKey? {
        try await load(source)
        if asking {
            await refresh(source)
        } else if document(of: source)?.isFresh(at: clock()) != true {
            return nil
        }
        let now = clock()
        guard let document = document(of: source), document.isUsable(at: now), let entry = document.keys[thumbprint],
            entry.isGood(at: now.seconds), try await isTrusted(thumbprint, of: source)
        else { return nil }
        return entry.key
    }

    /// The keys of a source that count now, as far as they are known.
    func usableKeys(of source: KeySource) async throws(TrustFailure) -> [Ed25519PublicKey] {
        try await load(source)
        var keys: [Ed25519PublicKey] = []
        for entry in document(of: source)?.keys.entries ?? [] {
            let thumbprint = entry.key.thumbprint
            guard entry.isGood(at: clock().seconds), try await !isRevoked(thumbprint), try await isTrusted(thumbprint, of: source) else {
                continue
            }
            keys.append(entry.key)
        }
        return keys
    }

    func document(of source: KeySource) -> KeyDocument? {
        state.withLock { $0.documents[source.name] }
    }

    // MARK: Fetching

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
        guard let fetched = await fetcher.fetch(source) else { return report(.unreachable(source.origin)) }
        let now = clock()
        do {
            try await introduce(fetched, from: source, at: now)
            _ = try await database.transaction { tx in
                try tx.execute(
                    """
                    INSERT INTO key_documents (source, document, fetched_at, lifetime) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (source) DO UPDATE SET document = excluded.document, fetched_at = excluded.fetched_at,
                        lifetime = excluded.lifetime
                    """,
                    [.text(source.name), .blob(fetched.body), .integer(now.microseconds), .integer(fetched.lifetime)])
            }
        } catch {
            return report(.failed(source.origin))
        }
        let document = KeyDocument(keys: fetched.keys, fetchedAt: now, lifetime: fetched.lifetime)
        state.withLock { $0.documents[source.name] = document }
    }

    private func load(_ source: KeySource) async throws(TrustFailure) {
        guard !state.withLock({ $0.loaded.contains(source.name) }) else { return }
        let name = source.name
        let stored = try await reading { reader in
            try reader.first(
                "SELECT document, fetched_at, lifetime FROM key_documents WHERE source = $1", [.text(name)]
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

    // MARK: Pins

    /// The keys of a document that a trusted key has signed are trusted, too.
    private func introduce(_ fetched: FetchedKeys, from source: KeySource, at now: Timestamp) async throws {
        guard settings.pinMode == .introduce else { return }
        let pins = try await pins(of: source)
        let newcomers = fetched.keys.entries.map(\.key.thumbprint).filter { !pins.contains($0) }
        guard !pins.isEmpty, !newcomers.isEmpty else { return }
        let known = fetched.keys.entries + (document(of: source)?.keys.entries ?? [])
        for introducer in pins.sorted() {
            guard let entry = known.first(where: { $0.key.thumbprint == introducer }), try await !isRevoked(introducer),
                fetched.isSigned(by: entry.key, now: now.seconds, skew: settings.skew)
            else { continue }
            try await database.transaction { tx in
                for newcomer in newcomers { try tx.trust(newcomer, of: source.name, introducedBy: introducer) }
            }
            return report(.introduced(newcomers, origin: source.origin, by: introducer))
        }
    }

    private func isTrusted(_ thumbprint: String, of source: KeySource) async throws(TrustFailure) -> Bool {
        guard settings.pinMode != .off else { return true }
        let pins = try await pins(of: source)
        return pins.isEmpty || pins.contains(thumbprint)
    }

    /// What is pinned in the configuration, and, unless only that counts, what was pinned at the command line or introduced.
    func pins(of source: KeySource) async throws(TrustFailure) -> Set<String> {
        let name = source.name
        let stored = try await reading { reader in
            try reader.query("SELECT thumbprint, introduced_by FROM trusted_keys WHERE source = $1", [.text(name)]) { row in
                (thumbprint: try row.text(0), isIntroduced: try row.optionalText(1) != nil)
            }
        }
        let counting = stored.filter { settings.pinMode == .introduce || !$0.isIntroduced }
        return Set(source.pins + counting.map(\.thumbprint))
    }

    private func isRevoked(_ thumbprint: String) async throws(TrustFailure) -> Bool {
        try await reading { reader in
            try reader.first("SELECT 1 FROM revoked_keys WHERE thumbprint = $1", [.text(thumbprint)]) { try $0.integer(0) } != nil
        }
    }

    /// What cannot be read is not believed.
    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLReader) throws -> Value
    ) async throws(TrustFailure) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw .unavailable
        }
    }
}

extension Transaction {
    func trust(_ thumbprint: String, of source: String, introducedBy introducer: String?) throws {
        try execute(
            """
            INSERT INTO trusted_keys (source, thumbprint, introduced_by, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (source, thumbprint) DO NOTHING
            """, [.text(source), .text(thumbprint), .optional(introducer), .integer(now.microseconds)])
    }

    func revoke(_ thumbprint: String, by whom: String) throws {
        try execute(
            "INSERT INTO revoked_keys (thumbprint, revoked_by, created_at) VALUES ($1, $2, $3) ON CONFLICT (thumbprint) DO NOTHING",
            [.text(thumbprint), .text(whom), .integer(now.microseconds)])
    }
}
