internal import Primitives
internal import Reactor

/// The body of a request. Read it in the handler, in pieces or at once; the client is held back while nobody reads.
///
/// Belongs to the loop of the connection, where the handler runs; one task at a time may read it.
public struct RequestBody: Sendable {
    enum Source: Sendable {
        case empty
        /// All of it came with the head.
        case whole(WholeBody)
        case stream(LoopBound<BodyStream>)
    }

    let source: Source

    /// The length that the client has declared, 0 without a body; nil when the body comes in chunks.
    public let declaredLength: Int?

    /// The next piece, nil at the end.
    ///
    /// - Throws: `HTTPError.disconnected`, `.timeout`, `.malformed`, `.bodyTooLarge` of the server's own limit, `.bodyIsBeingRead`.
    public func next() async throws -> [UInt8]? {
        switch source {
        case .empty: nil
        case .whole(let whole): whole.take()
        case .stream(let stream): try await stream.value.next()
        }
    }

    /// All of the body that has not been read yet.
    ///
    /// - Parameter limit: bytes at most.
    /// - Throws: `HTTPError.bodyTooLarge`, or what `next` throws.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw HTTPError.bodyTooLarge(limit: limit) }
        var all: [UInt8] = []
        while let piece = try await next() {
            guard all.count + piece.count <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
            if all.isEmpty {
                all = piece
                if let declaredLength { all.reserveCapacity(declaredLength) }
            } else {
                all += piece
            }
        }
        return all
    }

    /// Hands the body over piece by piece, as it comes.
    ///
    /// - Throws: what `next` throws, and what `piece` throws.
    public func forEach(_ piece: ([UInt8]) async throws -> Void) async throws {
        while let bytes = try await next() { try await piece(bytes) }
    }
}

/// A body that came with its head; handed out once.
final class WholeBody: Sendable {
    private let bytes: Mutex<[UInt8]?>

    init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    func take() -> [UInt8]? {
        bytes.withLock { bytes in
            defer { bytes = nil }
            return bytes
        }
    }
}
