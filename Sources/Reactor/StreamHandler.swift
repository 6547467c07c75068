/// Why a stream has ended.
public enum StreamCloseReason: Sendable, Equatable {
    /// This side closed it.
    case local
    /// The other side closed or reset it.
    case peer
    /// The other side took too few bytes: more than the output limit was queued, or nothing moved for the stall limit.
    case slowReader
    /// The system reported an error, by its name (`ECONNRESET`).
    case failed(String)
}

/// What happens on a stream. Called on the stream's loop, never from inside the handler's own call into the stream.
public protocol StreamHandler: AnyObject {
    /// Bytes arrived; they are valid during the call only.
    func received(_ bytes: UnsafeRawBufferPointer)

    /// Everything queued has been taken by the system after it had been held up.
    func drained()

    /// The other side sends no more; it may still read.
    func inputEnded()

    /// The stream is gone. The last call; the stream drops its handler after it.
    func closed(_ reason: StreamCloseReason)
}
