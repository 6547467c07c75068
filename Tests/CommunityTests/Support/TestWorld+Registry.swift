import Community
import Primitives
import Storage
import Testing

/// What the registry of worlds needs.
extension TestWorld {
    static let firstUUID = "11111111-2222-4333-8444-555555555555"
    static let window = RegistryWindow(limit: 100, offset: 0)

    /// A blob as an upload leaves it: a row that nothing refers to.
    func blob(_ number: UInt8, size: Int64 = 1) async throws -> StoredBlob {
        try await database.transaction { tx in
            let blob = StoredBlob(id: tx.nextID(), digest: Array(repeating: number, count: 32), size: size)
            try tx.execute(
                "INSERT INTO blobs (id, digest, size, reference_count, touched_at) VALUES ($1, $2, $3, 0, $4)",
                [.integer(blob.id), .blob(blob.digest), .integer(blob.size), .integer(tx.now.microseconds)])
            return blob
        }
    }

    func references(to blob: StoredBlob) async throws -> Int64? {
        try await database.read { reader in
            try reader.first("SELECT reference_count FROM blobs WHERE id = $1", [.integer(blob.id)]) { try $0.integer(0) }
        }
    }

    func visitedWorld(
        by owner: AccountID, title: String? = nil, tags: [String]? = nil, chosenID: String? = nil
    ) async throws -> World {
        var changes = WorldChanges()
        (changes.title, changes.tags) = (title, tags)
        return try await community.createWorld(changes, chosenID: chosenID, by: owner)
    }

    func asset(
        of world: World, version: String = "1", chosenID: String? = nil, by actor: AccountID
    ) async throws -> WorldAsset {
        try await community.createAsset(
            of: world.reference, WorldAssetChanges(), build: .init(version: version, engine: "unity", platform: "windows"),
            chosenID: chosenID, by: actor)
    }

    func instance(
        of world: World, by owner: AccountID, name: String? = nil, tags: [String]? = nil, chosenID: String? = nil
    ) async throws -> Instance {
        var changes = InstanceChanges()
        (changes.name, changes.tags) = (name, tags)
        return try await community.createInstance(changes, of: world.reference, chosenID: chosenID, by: owner)
    }

    /// The events of the registry after a position, as another process reads them from the log and fills them.
    func filledRegistryEvents(after position: Int64) async throws -> [CommunityEvent] {
        let community = community
        return try await database.read { reader in
            let events = try EventLog.events(of: .registry, 0, after: position, upTo: .max, limit: 100, in: reader)
            return try community.filled(events, from: reader).compactMap { $0.live as? CommunityEvent }
        }
    }
}

extension World {
    var reference: RegistryReference { chosenID.map { .chosen($0) } ?? .number(id.rawValue) }
}

extension WorldAsset {
    var reference: RegistryReference { chosenID.map { .chosen($0) } ?? .number(id.rawValue) }
}

extension RegistryService {
    var reference: RegistryReference { chosenID.map { .chosen($0) } ?? .number(id.rawValue) }
}

extension Instance {
    var selector: InstanceSelector { .reference(chosenID.map { .chosen($0) } ?? .number(id.rawValue)) }
}
