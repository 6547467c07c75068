internal import Reactor

/// Sends the pieces of a streamed response. On the loop of the connection only, where handlers run.
public struct ResponseBodyWriter: Sendable {
    let output: LoopBound<ResponseStream>

    /// Sends a piece. Waits while more than `HTTPLimits.responseBuffer` bytes are waiting for the client.
    ///
    /// - Throws: `HTTPError.disconnected` when the client has gone; `ResponseBodyError.tooLong` for more than the length that was given.
    public func write(_ bytes: [UInt8]) async throws {
        try await output.value.write(bytes)
    }
}

/// A streamed response that does not keep to the length it was given. The connection is closed, so that the client sees it.
public enum ResponseBodyError: Error, Sendable, Equatable {
    /// More bytes were written than declared.
    case tooLong(declared: Int)
    /// Fewer bytes were written than declared.
    case tooShort(declared: Int, written: Int)
}
