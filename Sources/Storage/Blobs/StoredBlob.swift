internal import Primitives

/// Bytes that are kept besides the database, such as a file that somebody has uploaded (DESIGN section 5): known by their content.
public struct StoredBlob: Sendable, Equatable {
    /// The row of the table `blobs`. The same content, kept again after it was removed, has another id.
    public var id: Int64
    /// SHA-256 of the content: 32 bytes.
    public var digest: [UInt8]
    /// Bytes.
    public var size: Int64

    /// Names what is kept.
    public init(id: Int64, digest: [UInt8], size: Int64) {
        self.id = id
        self.digest = digest
        self.size = size
    }
}

/// Why a blob cannot be referred to.
public enum BlobReferenceError: Error, Sendable, Equatable {
    /// It has been removed: nothing referred to it for too long. The upload has to be made again.
    case gone(id: Int64)
}

extension Schema {
    /// The table of blobs, for `Database.open`. Who keeps the bytes themselves stands above the storage.
    public static let blobs = Schema(
        component: "blobs",
        migrations: [
            Migration(
                version: 1, name: "blobs",
                statements: [
                    // touched_at: when it was uploaded last, or when the last reference to it went: what has none is kept for a while after that.
                    """
                    CREATE TABLE blobs (
                        id BIGINT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, size BIGINT NOT NULL, reference_count BIGINT NOT NULL,
                        touched_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX blobs_unused ON blobs (touched_at) WHERE reference_count = 0",
                ]),
            Migration(
                version: 2, name: "blob_removals",
                statements: [
                    // Rows that are gone, whose bytes are still to be removed: noted in the transaction that removes the row, so that no crash forgets them.
                    // There may be several notes of one: each stands for bytes that were stored before it was written, and goes by itself.
                    "CREATE TABLE blob_removals (id BIGINT PRIMARY KEY, blob_id BIGINT NOT NULL, digest BLOB NOT NULL)"
                ]),
        ])
}

extension Transaction {
    /// Refers to a blob from a row that this transaction writes: it stays as long as the row does.
    ///
    /// - Throws: `BlobReferenceError.gone`.
    public func retain(_ blob: StoredBlob) throws {
        let changed = try execute("UPDATE blobs SET reference_count = reference_count + 1 WHERE id = $1", [.integer(blob.id)])
        guard changed == 1 else { throw BlobReferenceError.gone(id: blob.id) }
    }

    /// Takes a reference back, together with the row that had it.
    public func release(_ blob: StoredBlob) throws {
        try execute(
            "UPDATE blobs SET reference_count = reference_count - 1, touched_at = $1 WHERE id = $2 AND reference_count > 0",
            [.integer(now.microseconds), .integer(blob.id)])
    }
}
