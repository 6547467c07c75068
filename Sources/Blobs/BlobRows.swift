internal import Primitives
internal import Storage

/// A row that an upload has made or found.
struct BlobClaim: Sendable {
    var blob: StoredBlob
    /// Whether the row was there before: then the bytes may be too.
    var isKnown: Bool
    /// Until when the bytes have to be stored; from then on the row has the grace, as from an upload.
    var until: Timestamp
}

/// A note that bytes are to be removed.
struct BlobRemoval: Sendable {
    /// Of the note.
    var id: Int64
    var name: BlobName
}

/// The statements on the tables of blobs besides those of `Transaction.retain` and `release`.
extension Transaction {
    /// Makes the row of a content, or finds it, and keeps it from being removed while its bytes are stored.
    ///
    /// - Parameter seconds: how long storing may take.
    func claimBlob(digest: [UInt8], size: Int64, storingFor seconds: Int64) throws -> BlobClaim {
        let newID = nextID()
        let until = now.adding(seconds: seconds)
        // Never back: somebody else may be storing it, with more time.
        let row = try first(
            """
            INSERT INTO blobs (id, digest, size, reference_count, touched_at) VALUES ($1, $2, $3, 0, $4)
            ON CONFLICT (digest) DO UPDATE
            SET touched_at = CASE WHEN blobs.touched_at < excluded.touched_at THEN excluded.touched_at ELSE blobs.touched_at END
            RETURNING id, size
            """,
            [.integer(newID), .blob(digest), .integer(size), .integer(until.microseconds)]
        ) { (id: try $0.integer(0), size: try $0.integer(1)) }
        guard let row else { throw DatabaseError.unavailable(reason: "a row that was written did not come back") }
        return BlobClaim(blob: StoredBlob(id: row.id, digest: digest, size: row.size), isKnown: row.id != newID, until: until)
    }

    /// Touches the row of bytes that took longer to store than they may; when it has gone meanwhile, notes the bytes for removal.
    ///
    /// - Returns: whether the row is still there.
    func confirmBlob(_ blob: StoredBlob) throws -> Bool {
        let changed = try execute(
            "UPDATE blobs SET touched_at = $1 WHERE id = $2 AND touched_at < $1", [.integer(now.microseconds), .integer(blob.id)])
        if changed == 1 { return true }
        if try first("SELECT id FROM blobs WHERE id = $1", [.integer(blob.id)], { try $0.integer(0) }) != nil { return true }
        try noteRemoval(of: BlobName(blob))
        return false
    }

    /// Removes rows that nothing refers to and that nobody has touched since `limit`, and notes their bytes for removal.
    ///
    /// - Returns: how many.
    func removeUnusedBlobs(untouchedSince limit: Timestamp, atMost count: Int) throws -> Int {
        let names = try query(
            """
            DELETE FROM blobs WHERE reference_count = 0 AND id IN
                (SELECT id FROM blobs WHERE reference_count = 0 AND touched_at < $1 ORDER BY touched_at LIMIT $2)
            RETURNING id, digest
            """,
            [.integer(limit.microseconds), .integer(Int64(count))]
        ) { BlobName(digest: try $0.blob(1), id: try $0.integer(0)) }
        for name in names { try noteRemoval(of: name) }
        return names.count
    }

    private func noteRemoval(of name: BlobName) throws {
        try execute(
            "INSERT INTO blob_removals (id, blob_id, digest) VALUES ($1, $2, $3)",
            [.integer(nextID()), .integer(name.id), .blob(name.digest)])
    }

    /// Puts a note behind all others.
    func postpone(_ removal: BlobRemoval) throws {
        try execute("UPDATE blob_removals SET id = $1 WHERE id = $2", [.integer(nextID()), .integer(removal.id)])
    }

    /// Forgets a note: the bytes that it stands for are removed. Not one that somebody has written meanwhile about bytes that came later.
    func forget(_ removal: BlobRemoval) throws {
        try execute("DELETE FROM blob_removals WHERE id = $1", [.integer(removal.id)])
    }
}

extension SQLReader {
    /// Bytes that are to be removed; the oldest first.
    func blobRemovals(atMost count: Int) throws -> [BlobRemoval] {
        try query("SELECT id, blob_id, digest FROM blob_removals ORDER BY id LIMIT $1", [.integer(Int64(count))]) {
            BlobRemoval(id: try $0.integer(0), name: BlobName(digest: try $0.blob(2), id: try $0.integer(1)))
        }
    }

    /// The rows whose digest begins with a byte.
    func blobs(in shard: UInt8) throws -> [(blob: StoredBlob, references: Int64)] {
        // No digest of this shard lies behind the byte and as many of the greatest as a digest has.
        try query(
            "SELECT id, digest, size, reference_count FROM blobs WHERE digest >= $1 AND digest <= $2 ORDER BY digest",
            [.blob([shard]), .blob([shard] + [UInt8](repeating: 255, count: 32))]
        ) { row in
            (StoredBlob(id: try row.integer(0), digest: try row.blob(1), size: try row.integer(2)), try row.integer(3))
        }
    }

    /// How many references a row has now, nil when it has gone.
    func blobReferences(_ id: Int64) throws -> Int64? {
        try first("SELECT reference_count FROM blobs WHERE id = $1", [.integer(id)]) { try $0.integer(0) }
    }

    /// Whether bytes are noted for removal.
    func isBlobRemovalNoted(_ id: Int64) throws -> Bool {
        try first("SELECT id FROM blob_removals WHERE blob_id = $1", [.integer(id)]) { try $0.integer(0) } != nil
    }
}
