/// Something that `BlobStore.verify` has found.
public enum BlobFinding: Sendable, Equatable {
    /// Rows refer to bytes that the store does not have.
    case missing(name: String, references: Int64)
    /// The store has fewer bytes, or more, than were stored.
    case wrongSize(name: String, expected: Int64, found: Int64)
    /// The store has other bytes than were stored.
    case wrongDigest(name: String)
    /// Bytes without a row, older than the grace; whether they were removed.
    case orphan(name: String, size: Int64, isRemoved: Bool)

    /// Whether something is lost.
    public var isDamage: Bool {
        if case .orphan = self { false } else { true }
    }
}

extension BlobFinding: CustomStringConvertible {
    /// A line for the operator.
    public var description: String {
        switch self {
        case .missing(let name, let references): "missing       \(name)  (references: \(references))"
        case .wrongSize(let name, let expected, let found): "wrong size    \(name)  (\(found) bytes, not \(expected))"
        case .wrongDigest(let name): "wrong digest  \(name)"
        case .orphan(let name, let size, let isRemoved): "no row        \(name)  (\(size) bytes\(isRemoved ? ", removed" : ""))"
        }
    }
}

/// What `BlobStore.verify` has looked at.
public struct BlobSummary: Sendable, Equatable {
    /// Rows.
    public var blobs = 0
    /// Their bytes.
    public var bytes: Int64 = 0
    /// Rows that nothing refers to: they stay for an hour.
    public var unreferenced = 0
    /// Findings that say that something is lost.
    public var damaged = 0
    /// Bytes without a row that were found.
    public var orphans = 0
    /// Those of them that were removed.
    public var removed = 0
}
