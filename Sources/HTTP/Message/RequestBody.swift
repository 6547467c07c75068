internal import Reactor

/// The body of a request. Read it in the handler, in pieces or at once; the client is held back while nobody reads.
public struct RequestBody: Sendable {
    enum Source: Sendable {
        /// All of it came with the head.
        case whole([UInt8])
        case stream(LoopBound<BodyStream>)
    }

    let source: Source

    /// The length that the client has declared; nil when the body comes in chunks.
    public let declaredLength: Int?

    /// All of the body.
    ///
    /// - Parameter limit: bytes at most.
    /// - Throws: `HTTPError.bodyTooLarge`, or the failure of the connection.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw HTTPError.bodyTooLarge(limit: limit) }
        switch source {
        case .whole(let bytes):
            guard bytes.count <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
            return bytes
        case .stream(let stream):
            var all: [UInt8] = []
            while let piece = try await stream.value.next() {
                guard all.count + piece.count <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
                all += piece
            }
            return all
        }
    }

    /// Hands the body over piece by piece, as it comes.
    ///
    /// - Throws: the failure of the connection.
    public func forEach(_ piece: ([UInt8]) async throws -> Void) async throws {
        switch source {
        case .whole(let bytes): if !bytes.isEmpty { try await piece(bytes) }
        case .stream(let stream):
            while let bytes = try await stream.value.next() { try await piece(bytes) }
        }
    }
}
