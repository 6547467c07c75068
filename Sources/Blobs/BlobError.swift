/// Why a blob is not kept, or not read.
public enum BlobError: Error, Sendable, Equatable {
    /// More bytes than may be: `limit` is what the caller has said, or what the store takes.
    case tooLarge(limit: Int64)
    /// The upload has been finished or cancelled, or has failed before.
    case uploadEnded
    /// Storing took so long that the row was removed meanwhile. The upload has to be made again.
    case uploadExpired
    /// There is a row, and the store does not have its bytes.
    case missing(name: String)
    /// The store has something else than what was stored.
    case damaged(name: String)
    /// The store cannot be reached or used.
    case unavailable(reason: String)
}

extension BlobError: CustomStringConvertible {
    /// A sentence for the log and for the operator.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "A file has at most \(limit) bytes here."
        case .uploadEnded: "The upload has ended already."
        case .uploadExpired: "Storing the file took too long; it has to be sent again."
        case .missing(let name): "The store does not have \(name)."
        case .damaged(let name): "The store has something else under \(name) than what was stored."
        case .unavailable(let reason): "The store of files is not available: \(reason)"
        }
    }
}
