internal import Reactor

/// The body of one request on its way from the connection to the handler. Lives on the connection's loop.
final class BodyStream {
    private weak var connection: HTTPConnection?
    /// What nobody has read yet.
    private var waiting: [UInt8] = []
    private var isComplete = false
    private var failure: HTTPError?
    private var reader: CheckedContinuation<[UInt8]?, any Error>?
    private let declared: Int?
    private var received = 0
    /// Whether the client still waits for 100 before it sends anything.
    var awaitsContinue: Bool
    var pace: BodyPace

    init(of connection: HTTPConnection, declared: Int?, awaitsContinue: Bool, pace: BodyPace) {
        self.connection = connection
        self.declared = declared
        self.awaitsContinue = awaitsContinue
        self.pace = pace
    }

    /// Bytes that nobody has read yet.
    var waitingBytes: Int { waiting.count }
    /// Whether the handler waits for the client.
    var isAwaited: Bool { reader != nil }
    /// Bytes that the client has still to send; nil when it has not said.
    var missing: Int? { declared.map { $0 - received } }

    /// The next piece, nil at the end.
    func next() async throws -> [UInt8]? {
        guard reader == nil else { throw HTTPError.bodyIsBeingRead }
        if !waiting.isEmpty {
            let piece = waiting
            waiting = []
            connection?.wantsBody(self)
            return piece
        }
        if let failure { throw failure }
        if isComplete { return nil }
        return try await withCheckedThrowingContinuation { continuation in
            reader = continuation
            connection?.wantsBody(self)
        }
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        count(bytes.count)
        guard failure == nil else { return }
        if let reader {
            self.reader = nil
            reader.resume(returning: Array(bytes))
        } else {
            waiting.append(contentsOf: bytes)
        }
    }

    /// Counts bytes that nobody wants.
    func count(_ bytes: Int) {
        received += bytes
        awaitsContinue = false
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
