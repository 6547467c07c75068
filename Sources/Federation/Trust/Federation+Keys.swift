internal import Primitives
internal import Security
internal import Storage

extension Federation {
    /// How many keys a source may revoke for itself without ever having shown them.
    static let unseenRevocationLimit: Int64 = 1_000

    /// The keys of all sources: those that are pinned, introduced, revoked, and those of the documents fetched last.
    public func trustedKeys() async throws -> [TrustedKey] {
        let (settings, sources) = (settings, settings.sources)
        return try await database.read { reader in
            let revoked = try reader.query("SELECT thumbprint, revoked_by, created_at FROM revoked_keys ORDER BY created_at") {
                (thumbprint: try $0.text(0), by: try $0.text(1), since: Timestamp(microseconds: try $0.integer(2)))
            }
            let revokedSince = Dictionary(revoked.map { ($0.thumbprint, $0.since) }, uniquingKeysWith: { first, _ in first })
            let revokedForAll = Set(revoked.filter { $0.by == KeyDirectory.operatorName }.map(\.thumbprint))
            var keys: [TrustedKey] = []
            for source in sources {
                let pins = try reader.pins(of: source)
                let trustedSince = try reader.trustedSince(of: source)
                let counting = pins.counting(in: settings.pinMode)
                let revokedHere = Set(revoked.filter { $0.by == source.name }.map(\.thumbprint))
                let own = try reader.publishedKeys(of: source).union(pins.all).union(revokedHere)
                for thumbprint in own.sorted() {
                    let state: TrustedKey.State =
                        if revokedForAll.contains(thumbprint) || revokedHere.contains(thumbprint) {
                            .revoked
                        } else if thumbprint == Ed25519PublicKey.exampleThumbprint, !settings.isTestMode {
                            .example
                        } else if counting.pinned.contains(thumbprint) {
                            .pinned
                        } else if !counting.pinned.isEmpty, let introducer = counting.introduced[thumbprint] {
                            .introduced(by: introducer)
                        } else {
                            counting.trusts(thumbprint) ? .published : .notTrusted
                        }
                    keys.append(
                        TrustedKey(
                            source: source, thumbprint: thumbprint, state: state,
                            since: state == .revoked ? revokedSince[thumbprint] : trustedSince[thumbprint]))
                }
            }
            let shown = Set(keys.map(\.thumbprint))
            return keys
                + revokedForAll.subtracting(shown).sorted().map {
                    TrustedKey(source: nil, thumbprint: $0, state: .revoked, since: revokedSince[$0])
                }
        }
    }

    /// Pins a key: from then on only pinned keys of that server count, and those that they introduce.
    ///
    /// Where one origin has both roles, it is pinned for the one whose document has it.
    /// - Throws: `KeyChangeFailure.noThumbprint`, `.unknownSource`, `.ambiguousSource`, `.revokedKey`.
    public func pin(_ thumbprint: String, of origin: String) async throws {
        guard Ed25519PublicKey.isThumbprint(thumbprint) else { throw KeyChangeFailure.noThumbprint }
        let sources = settings.sources.filter { $0.origin == origin }
        guard !sources.isEmpty else { throw KeyChangeFailure.unknownSource }
        let audit = audit
        try await database.transaction { tx in
            let owners = sources.count == 1 ? sources : try sources.filter { try tx.publishedKeys(of: $0).contains(thumbprint) }
            guard !owners.isEmpty else { throw KeyChangeFailure.ambiguousSource }
            for owner in owners {
                // A pin that never counts would keep out all others.
                guard try !tx.revokedKeys(for: owner).contains(thumbprint) else { throw KeyChangeFailure.revokedKey }
                try tx.pin(thumbprint, of: owner.name)
                try audit(.pinned(thumbprint, origin: owner.origin), tx)
            }
        }
    }

    /// Never believes a key again, whoever shows it.
    ///
    /// - Throws: `KeyChangeFailure.noThumbprint`.
    public func revoke(_ thumbprint: String) async throws {
        guard Ed25519PublicKey.isThumbprint(thumbprint) else { throw KeyChangeFailure.noThumbprint }
        let audit = audit
        try await database.transaction { tx in
            try tx.revoke(thumbprint, by: KeyDirectory.operatorName)
            try audit(.revoked(thumbprint, origin: nil), tx)
        }
    }

    /// Revokes keys because their own server says so (contracts/cosmos.md 9.7, `keys.revoked`): its own only, and never the last one. It may be
    /// said twice, and of keys that have left the document already: a server removes a key that is stolen first.
    ///
    /// - Throws: `KeyChangeFailure.noThumbprint`, `.foreignKey`, `.lastKey`, and then nothing is changed; `TrustFailure.unavailable`.
    public func revoke(_ thumbprints: [String], sentBy server: MetadataServer) async throws {
        guard let source = settings.sources(.metadata).first(where: { $0.origin == server.origin }) else {
            throw KeyChangeFailure.unknownSource
        }
        guard thumbprints.allSatisfy(Ed25519PublicKey.isThumbprint) else { throw KeyChangeFailure.noThumbprint }
        let own = try await directory.ownKeys(of: source)
        var foreign: Set<String> = []
        for other in settings.sources where other != source { foreign.formUnion(try await directory.ownKeys(of: other)) }
        guard foreign.subtracting(own).isDisjoint(with: thumbprints) else { throw KeyChangeFailure.foreignKey }
        let counting = try await directory.pins(of: source)
        let usable = try await directory.goodKeys(of: source).filter(counting.trusts)
        let audit = audit
        let isNew = try await database.transaction { tx in
            let revoked = try tx.revokedKeys(for: source)
            let added = Set(thumbprints).subtracting(revoked)
            // Here, because two such events at once must not take one half each.
            guard added.isEmpty || !usable.subtracting(revoked).subtracting(added).isEmpty else { throw KeyChangeFailure.lastKey }
            let hasRoom = Int64(revoked.count) < Self.unseenRevocationLimit
            for thumbprint in added where hasRoom || own.contains(thumbprint) {
                try tx.revoke(thumbprint, by: source.name)
                try audit(.revoked(thumbprint, origin: source.origin), tx)
            }
            return !added.isEmpty
        }
        if isNew { report(.revoked(thumbprints, origin: source.origin)) }
    }
}

extension SQLReader {
    /// The keys of the document that was fetched last, as far as this process or another has written it down.
    fileprivate func publishedKeys(of source: KeySource) throws -> Set<String> {
        let document = try first(
            "SELECT document FROM key_documents WHERE source = $1 AND url = $2", [.text(source.name), .text(source.keysURL)]
        ) { try $0.blob(0) }
        return Set(document.flatMap { try? JSONWebKeySet(parsing: $0) }?.entries.map(\.key.thumbprint) ?? [])
    }

    /// Since when keys are pinned, introduced, or shown without a break.
    fileprivate func trustedSince(of source: KeySource) throws -> [String: Timestamp] {
        let rows = try query(
            """
            SELECT thumbprint, created_at FROM trusted_keys WHERE source = $1
            UNION ALL SELECT thumbprint, seen_at FROM key_sightings WHERE source = $1
            """, [.text(source.name)]
        ) { (try $0.text(0), Timestamp(microseconds: try $0.integer(1))) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// The keys that do not count for a source: by its own word or by the operator's.
    fileprivate func revokedKeys(for source: KeySource) throws -> Set<String> {
        Set(
            try query(
                "SELECT thumbprint FROM revoked_keys WHERE revoked_by IN ($1, $2)", [.text(source.name), .text(KeyDirectory.operatorName)]
            ) { try $0.text(0) })
    }
}
