/// The body of one request on its way from the connection to the handler. Lives on the connection's loop.
final class BodyStream {
    private var pieces: [[UInt8]] = []
    private var waiting: Int = 0
    private var isComplete = false
    private var failure: HTTPError?
    private var reader: CheckedContinuation<[UInt8]?, any Error>?
    /// Called when the handler wants more: asks the client to go on.
    var wantsMore: () -> Void = {}

    /// Bytes that nobody has read yet.
    var waitingBytes: Int { waiting }
    /// Whether the client has sent all of it.
    var isFinished: Bool { isComplete }
    /// Whether the handler waits for the client.
    var isAwaited: Bool { reader != nil }

    /// The next piece, nil at the end.
    func next() async throws -> [UInt8]? {
        if !pieces.isEmpty {
            let piece = pieces.removeFirst()
            waiting -= piece.count
            if waiting == 0 { wantsMore() }
            return piece
        }
        if let failure { throw failure }
        if isComplete { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            reader = continuation
            wantsMore()
        }
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        if let reader {
            self.reader = nil
            reader.resume(returning: Array(bytes))
        } else {
            pieces.append(Array(bytes))
            waiting += bytes.count
        }
    }

    func finish() {
        isComplete = true
        reader?.resume(returning: nil)
        reader = nil
    }

    func fail(_ error: HTTPError) {
        guard !isComplete, failure == nil else { return }
        failure = error
        reader?.resume(throwing: error)
        reader = nil
    }
}
