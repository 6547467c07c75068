internal import Primitives
internal import Reactor
internal import Security
internal import Storage

extension BlobStore {
    /// Compares the rows with what the store has, one 256th after the other. Uploads and removals may go on meanwhile.
    ///
    /// - Parameters:
    ///   - deep: whether all bytes are read and hashed; otherwise sizes are compared.
    ///   - repair: whether bytes without a row are removed, when they are older than the grace. Nothing else can be repaired: whoever still has the
    ///     content uploads it again.
    ///   - found: hears of every finding.
    /// - Throws: `BlobError.unavailable`, `DatabaseError`.
    public func verify(deep: Bool = false, repair: Bool = false, found: (BlobFinding) -> Void) async throws -> BlobSummary {
        var summary = BlobSummary()
        for shard in UInt8.min...UInt8.max {
            // Objects first: each of them had its row before it was stored, so one without a row now has lost it.
            let objects = try await backend.objects(in: shard)
            var unknown = Dictionary(objects.map { ($0.name, $0) }) { first, _ in first }
            for (blob, references) in try await database.scan({ try $0.blobs(in: shard) }) {
                summary.blobs += 1
                summary.bytes += blob.size
                if references == 0 { summary.unreferenced += 1 }
                let object = unknown.removeValue(forKey: BlobName(blob))
                if let finding = try await check(blob, references: references, storedSize: object?.size, deep: deep) {
                    summary.damaged += 1
                    found(finding)
                }
            }
            for object in unknown.values.sorted(by: { $0.name.text < $1.name.text }) {
                guard let finding = try await judge(object, repair: repair) else { continue }
                summary.orphans += 1
                summary.removed += repair ? 1 : 0
                found(finding)
            }
        }
        return summary
    }

    private func check(_ blob: StoredBlob, references: Int64, storedSize: Int64?, deep: Bool) async throws -> BlobFinding? {
        let name = BlobName(blob)
        // Stored after the objects were listed, perhaps.
        var size = storedSize
        if size == nil { size = try await backend.size(of: name) }
        guard let size else { return try await missing(blob) }
        guard size == blob.size else { return .wrongSize(name: name.text, expected: blob.size, found: size) }
        guard deep else { return nil }
        do {
            return try await digest(of: blob) == blob.digest ? nil : .wrongDigest(name: name.text)
        } catch BlobError.missing {
            return try await missing(blob)
        } catch BlobError.damaged {
            return .wrongDigest(name: name.text)
        }
    }

    /// Without a reference it is on its way in or out, and not missed.
    private func missing(_ blob: StoredBlob) async throws -> BlobFinding? {
        guard let references = try await database.read({ try $0.blobReferences(blob.id) }), references > 0 else { return nil }
        return .missing(name: BlobName(blob).text, references: references)
    }

    private func digest(of blob: StoredBlob) async throws -> [UInt8] {
        let hash = Mutex(SHA256.Stream())
        try await read(blob) { piece in
            try await pool.run { hash.withLock { $0.update(piece) } }
        }
        return hash.withLock { $0.digest() }
    }

    /// What is young may belong to a database that is being brought back, and what is noted for removal is on its way out.
    private func judge(_ object: StoredObject, repair: Bool) async throws -> BlobFinding? {
        let id = object.name.id
        guard object.storedAt < clock().adding(seconds: -Self.graceSeconds) else { return nil }
        guard try await database.read({ try $0.blobReferences(id) == nil && !$0.isBlobRemovalNoted(id) }) else { return nil }
        if repair { try await backend.remove(object.name) }
        return .orphan(name: object.name.text, size: object.size, isRemoved: repair)
    }
}
