internal import Primitives
internal import Security
internal import Storage

/// What counts beside the documents: what is pinned, introduced and revoked. It is read each time, because other processes change it.
extension KeyDirectory {
    /// Who revoked a key that never counts again, whoever shows it.
    static let operatorName = "operator"

    /// Tells of sources whether a key may count as theirs: it is not revoked, nor the one that everybody has.
    func isPermitted(_ thumbprint: String) async throws(TrustFailure) -> @Sendable (KeySource) -> Bool {
        guard settings.isTestMode || thumbprint != Ed25519PublicKey.exampleThumbprint else { return { _ in false } }
        let revokers = try await reading { reader in
            try reader.query("SELECT revoked_by FROM revoked_keys WHERE thumbprint = $1", [.text(thumbprint)]) { try $0.text(0) }
        }
        return { source in !revokers.contains { $0 == Self.operatorName || $0 == source.name } }
    }

    /// The sources whose key this may be. One that several show, which all who know it can do, belongs to those for whom it is pinned, or to the
    /// one that has shown it first: a server cannot make another's requests its own.
    func owners(of thumbprint: String, among sources: [KeySource]) async throws(TrustFailure) -> [KeySource] {
        guard sources.count > 1 else { return sources }
        let known = try await reading { reader in
            try (
                pinning: sources.filter { try reader.pins(of: $0).pinned.contains(thumbprint) },
                first: reader.query(
                    "SELECT source FROM key_sightings WHERE thumbprint = $1 ORDER BY seen_at, source", [.text(thumbprint)]
                ) { try $0.text(0) }
            )
        }
        if !known.pinning.isEmpty { return known.pinning }
        for name in known.first {
            if let owner = sources.first(where: { $0.name == name }) { return [owner] }
        }
        return sources
    }

    /// Writes down since when a source has shown its keys, and forgets those that it shows no more.
    func note(_ keys: JSONWebKeySet, of source: KeySource) async throws {
        let shown = Set(keys.entries.map(\.key.thumbprint))
        let others = Dictionary(
            settings.sources(source.role).filter { $0 != source }.map { ($0.name, $0.origin) }, uniquingKeysWith: { first, _ in first })
        let claimed = try await database.transaction { tx in
            let known = try tx.query("SELECT thumbprint FROM key_sightings WHERE source = $1", [.text(source.name)]) { try $0.text(0) }
            for gone in Set(known).subtracting(shown) {
                try tx.execute(
                    "DELETE FROM key_sightings WHERE thumbprint = $1 AND source = $2", [.text(gone), .text(source.name)])
            }
            var claimed: [(String, owner: String)] = []
            for key in shown.subtracting(known).sorted() {
                let earlier = try tx.query(
                    "SELECT source FROM key_sightings WHERE thumbprint = $1 ORDER BY seen_at, source", [.text(key)]
                ) { try $0.text(0) }
                if let owner = earlier.lazy.compactMap({ others[$0] }).first { claimed.append((key, owner)) }
                try tx.execute(
                    "INSERT INTO key_sightings (thumbprint, source, seen_at) VALUES ($1, $2, $3)",
                    [.text(key), .text(source.name), .integer(tx.now.microseconds)])
            }
            return claimed
        }
        for (key, owner) in claimed { report(.claimed(key, origin: source.origin, owner: owner)) }
    }

    /// What counts of the pins of a source in the mode that is set.
    func pins(of source: KeySource) async throws(TrustFailure) -> KeyPins {
        let stored = try await reading { try $0.pins(of: source) }
        return stored.counting(in: settings.pinMode)
    }

    /// The keys of a document that a trusted key has signed are trusted, too.
    func introduce(_ fetched: FetchedKeys, from source: KeySource, at now: Timestamp) async throws {
        let pins = try await pins(of: source)
        guard settings.pinMode == .introduce, !pins.pinned.isEmpty else { return }
        let newcomers = fetched.keys.entries.map(\.key.thumbprint).filter { !pins.trusts($0) }
        guard !newcomers.isEmpty else { return }
        let known = fetched.keys.entries + (document(of: source)?.keys.entries ?? [])
        for introducer in pins.all.sorted() {
            guard let entry = known.first(where: { $0.key.thumbprint == introducer }), entry.isGood(at: now.seconds),
                try await isPermitted(introducer)(source), fetched.isSigned(by: entry.key, now: now.seconds, skew: settings.skew)
            else { continue }
            let audit = audit
            try await database.transaction { tx in
                for newcomer in newcomers {
                    try tx.trust(newcomer, of: source.name, introducedBy: introducer)
                    try audit(.introduced(newcomer, origin: source.origin, by: introducer), tx)
                }
            }
            return report(.introduced(newcomers, origin: source.origin, by: introducer))
        }
    }

    /// What cannot be read is not believed.
    func reading<Value: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> Value) async throws(TrustFailure) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw .unavailable
        }
    }
}

extension SQLReader {
    /// The pins of a source in the configuration and in the database.
    func pins(of source: KeySource) throws -> KeyPins {
        let stored = try query("SELECT thumbprint, introduced_by FROM trusted_keys WHERE source = $1", [.text(source.name)]) { row in
            (thumbprint: try row.text(0), introducer: try row.optionalText(1))
        }
        return KeyPins(
            pinned: Set(source.pins + stored.filter { $0.introducer == nil }.map(\.thumbprint)),
            introduced: Dictionary(
                stored.compactMap { entry in entry.introducer.map { (entry.thumbprint, $0) } }, uniquingKeysWith: { first, _ in first }))
    }
}

extension Transaction {
    func trust(_ thumbprint: String, of source: String, introducedBy introducer: String) throws {
        try execute(
            """
            INSERT INTO trusted_keys (source, thumbprint, introduced_by, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (source, thumbprint) DO NOTHING
            """, [.text(source), .text(thumbprint), .text(introducer), .integer(now.microseconds)])
    }

    /// Also one that was introduced is the operator's own choice from then on.
    func pin(_ thumbprint: String, of source: String) throws {
        try execute(
            """
            INSERT INTO trusted_keys (source, thumbprint, introduced_by, created_at) VALUES ($1, $2, NULL, $3)
            ON CONFLICT (source, thumbprint) DO UPDATE SET introduced_by = NULL
            """, [.text(source), .text(thumbprint), .integer(now.microseconds)])
    }

    func revoke(_ thumbprint: String, by whom: String) throws {
        try execute(
            """
            INSERT INTO revoked_keys (thumbprint, revoked_by, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (thumbprint, revoked_by) DO NOTHING
            """, [.text(thumbprint), .text(whom), .integer(now.microseconds)])
    }
}
