internal import Reactor

/// A streamed response on its way out: frames the pieces and keeps to the declared length. Lives on the connection's loop.
final class ResponseStream {
    /// Bytes that are queued at a time: a large piece waits for the client in between.
    static let sliceBytes = 128 * 1_024

    private let connection: HTTPConnection
    private let framing: ResponseHead.Framing
    private var written = 0
    private var hasEnded = false

    init(_ connection: HTTPConnection, framing: ResponseHead.Framing) {
        self.connection = connection
        self.framing = framing
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        guard !hasEnded else { throw HTTPError.disconnected }
        if case .length(let declared) = framing, bytes.count > declared - written { throw ResponseBodyError.tooLong(declared: declared) }
        written += bytes.count
        var start = 0
        while start < bytes.count {
            try await connection.roomForOutput()
            let end = min(start + Self.sliceBytes, bytes.count)
            send(bytes[start..<end])
            start = end
        }
    }

    /// Ends the content; nothing can be written after it.
    func end() throws(ResponseBodyError) {
        hasEnded = true
        switch framing {
        case .length(let declared):
            guard written == declared else { throw .tooShort(declared: declared, written: written) }
        case .chunked: connection.stream.write(Array("0\r\n\r\n".utf8))
        case .none, .untilClose: break
        }
    }

    /// Nothing can be written any more.
    func abandon() {
        hasEnded = true
    }

    private func send(_ bytes: ArraySlice<UInt8>) {
        guard case .chunked = framing else { return connection.stream.write(bytes) }
        connection.stream.write(Array("\(String(bytes.count, radix: 16))\r\n".utf8))
        connection.stream.write(bytes)
        connection.stream.write([0x0D, 0x0A])
    }
}
