public import Reactor

/// Answers with files: validators, conditions, ranges, HEAD. Files are read in pieces on the threads of a pool, no faster than the client
/// takes them; a piece is all that is ever in memory.
public struct FileResponder: Sendable {
    /// Bytes that are read at a time.
    static let pieceBytes = 128 * 1_024

    private let pool: WorkerPool

    /// - Parameter pool: its threads open and read the files. When its queue is full, requests fail with `WorkerPoolError.queueFull`.
    public init(pool: WorkerPool) {
        self.pool = pool
    }

    /// The answer to GET or HEAD for a file; nil when there is no regular file of that path.
    ///
    /// - Parameters:
    ///   - path: on disk. The caller answers for its being one that may be read: a `*name` of a route has no `.` and `..`, but links are followed.
    ///   - entityTag: a better one than the size and the time of change give, as a hash of the content is.
    /// - Throws: `FileFailure`, `WorkerPoolError`.
    public func response(
        to request: HTTPRequest, path: String, contentType: String, entityTag: EntityTag? = nil
    ) async throws -> HTTPResponse? {
        // The system's calls end a path at NUL: what comes after it would not be looked at.
        guard let file = try await open(path) else { return nil }
        return answer(
            request, file,
            Representation(
                contentType: contentType, length: file.length, entityTag: entityTag ?? file.entityTag, lastModified: file.lastModified))
    }

    /// The answer to GET or HEAD for a file of which all is known; nil when there is no regular file of that path.
    ///
    /// - Parameter representation: what the file holds; its own times are not looked at.
    /// - Throws: `FileFailure`, also when the file has another length; `WorkerPoolError`.
    public func response(to request: HTTPRequest, path: String, representation: Representation) async throws -> HTTPResponse? {
        guard let file = try await open(path) else { return nil }
        try file.requireLength(representation.length)
        return answer(request, file, representation)
    }

    /// The system's calls end a path at NUL: what comes after it would not be looked at.
    private func open(_ path: String) async throws -> OpenFile? {
        path.utf8.contains(0) ? nil : try await pool.run { try OpenFile(path) }
    }

    private func answer(_ request: HTTPRequest, _ file: OpenFile, _ representation: Representation) -> HTTPResponse {
        representation.response(to: request) { range in
            .stream(length: range.count) { writer in try await send(file, range, to: writer) }
        }
    }

    private func send(_ file: OpenFile, _ range: Range<Int>, to writer: ResponseBodyWriter) async throws {
        var start = range.lowerBound
        while start < range.upperBound {
            let piece = start..<min(start + Self.pieceBytes, range.upperBound)
            try await writer.write(try await pool.run { try file.read(piece) })
            start = piece.upperBound
        }
    }
}
