internal import Primitives
internal import Security
internal import Storage

/// A key of another server, as an operator looks at it.
public struct TrustedKey: Sendable, Equatable {
    /// Why it counts, or does not.
    public enum State: Sendable, Equatable {
        /// It is in the document, and nothing is pinned.
        case published
        /// The configuration or the command line names it.
        case pinned
        /// This key has brought it.
        case introduced(by: String)
        /// It is in the document, but others are pinned.
        case notTrusted
        /// It never counts again.
        case revoked
    }

    /// Its server.
    public var source: KeySource
    /// Its name.
    public var thumbprint: String
    /// Why it counts, or does not.
    public var state: State
}

/// Why keys cannot be revoked or pinned.
public enum KeyChangeFailure: Error, Sendable, Equatable {
    /// The text is no thumbprint.
    case noThumbprint
    /// No server of that origin is configured.
    case unknownSource
    /// A key is not one of that server's.
    case foreignKey
    /// No key of the server would be left.
    case lastKey
}

extension Federation {
    /// The keys of all sources: those that are pinned, introduced, revoked, and those of the documents fetched last.
    public func trustedKeys() async throws -> [TrustedKey] {
        var keys: [TrustedKey] = []
        for source in settings.sources {
            let name = source.name
            let (document, trusted, revoked) = try await database.read { reader in
                (
                    try reader.first("SELECT document FROM key_documents WHERE source = $1", [.text(name)]) { try $0.blob(0) },
                    try reader.query("SELECT thumbprint, introduced_by FROM trusted_keys WHERE source = $1", [.text(name)]) {
                        (try $0.text(0), try $0.optionalText(1))
                    },
                    Set(try reader.query("SELECT thumbprint FROM revoked_keys", []) { try $0.text(0) })
                )
            }
            let published = document.flatMap { try? JSONWebKeySet(parsing: $0) }?.entries.map(\.key.thumbprint) ?? []
            let pins = Set(source.pins + trusted.filter { $0.1 == nil }.map(\.0))
            let introduced = Dictionary(
                trusted.compactMap { entry in entry.1.map { (entry.0, $0) } }, uniquingKeysWith: { first, _ in first })
            for thumbprint in Set(published).union(pins).union(introduced.keys).sorted() {
                let state: TrustedKey.State =
                    if revoked.contains(thumbprint) {
                        .revoked
                    } else if pins.contains(thumbprint) {
                        .pinned
                    } else if let introducer = introduced[thumbprint] {
                        .introduced(by: introducer)
                    } else {
                        pins.isEmpty || settings.pinMode == .off ? .published : .notTrusted
                    }
                keys.append(TrustedKey(source: source, thumbprint: thumbprint, state: state))
            }
        }
        return keys
    }

    /// Pins a key: from then on only pinned keys of that server count, and those that they introduce.
    ///
    /// - Throws: `KeyChangeFailure.noThumbprint`, `.unknownSource`.
    public func pin(_ thumbprint: String, of origin: String) async throws {
        guard Self.isThumbprint(thumbprint) else { throw KeyChangeFailure.noThumbprint }
        let names = settings.sources.filter { $0.origin == origin }.map(\.name)
        guard !names.isEmpty else { throw KeyChangeFailure.unknownSource }
        try await database.transaction { tx in
            for name in names { try tx.trust(thumbprint, of: name, introducedBy: nil) }
        }
    }

    /// Never believes a key again, whoever shows it.
    ///
    /// - Throws: `KeyChangeFailure.noThumbprint`.
    public func revoke(_ thumbprint: String) async throws {
        guard Self.isThumbprint(thumbprint) else { throw KeyChangeFailure.noThumbprint }
        try await database.transaction { try $0.revoke(thumbprint, by: "operator") }
    }

    /// Revokes keys because their own server says so (contracts/cosmos.md 9.7, `keys.revoked`): its own only, and never the last one.
    ///
    /// - Throws: `KeyChangeFailure.foreignKey`, `.lastKey`, and then nothing is changed; `TrustFailure.unavailable`.
    public func revoke(_ thumbprints: [String], sentBy server: MetadataServer) async throws {
        guard let source = settings.sources(.metadata).first(where: { $0.origin == server.origin }) else {
            throw KeyChangeFailure.unknownSource
        }
        let usable = Set(try await directory.usableKeys(of: source).map(\.thumbprint))
        let known = usable.union(try await directory.pins(of: source))
        guard thumbprints.allSatisfy(known.contains) else { throw KeyChangeFailure.foreignKey }
        guard !usable.subtracting(thumbprints).isEmpty else { throw KeyChangeFailure.lastKey }
        try await database.transaction { tx in
            for thumbprint in thumbprints { try tx.revoke(thumbprint, by: source.name) }
        }
        report(.revoked(thumbprints, origin: source.origin))
    }

    private static func isThumbprint(_ text: String) -> Bool {
        text.utf8.count == 43 && text.utf8.allSatisfy(OpaqueIdentifier.isWord)
    }
}
