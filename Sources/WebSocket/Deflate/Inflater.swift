internal import CZlib

/// Inflates the messages of one client (RFC 7692 section 7.2.2).
///
/// Without context takeover its zlib stream (7 KiB and the window) exists only while a message is arriving.
final class Inflater {
    private static let outputStep = 16 * 1024

    private let windowBits: Int32
    private let keepsContext: Bool
    private var stream: UnsafeMutablePointer<z_stream>?
    /// Compressed bytes of the message that is arriving.
    private(set) var messageInput = 0

    /// - Parameters:
    ///   - windowBits: base-2 logarithm of the client's window, 8...15; bounds what is kept between messages.
    ///   - keepsContext: a message may refer to the ones before it (context takeover).
    init(windowBits: Int, keepsContext: Bool) {
        // zlib looks at a distance only when what it points to has left the memory of the call: with a narrow window the same data would be
        // refused or not as the network cuts it. The widest one reads whatever a client makes; a narrow one is for saving what is kept.
        self.windowBits = keepsContext ? Int32(max(9, windowBits)) : 15
        self.keepsContext = keepsContext
    }

    deinit { endStream() }

    /// Whether a zlib stream is held at the moment.
    var holdsStream: Bool { stream != nil }

    /// The most compressed bytes that a message within the limit can reasonably take: deflate grows what it cannot shrink by less than an
    /// eighth, even with small blocks.
    static func inputLimit(forMessageLimit limit: Int) -> Int {
        limit.addingReportingOverflow(limit / 8 + 256).overflow ? .max : limit + limit / 8 + 256
    }

    /// Inflates the next piece of a message. What came out before a failure is in `message`.
    /// - Throws: `.messageTooBig` before `message` grows beyond `limit`, `.invalidDeflateData`, `.noMemoryForCompression`.
    func inflate(_ piece: UnsafeRawBufferPointer, into message: inout [UInt8], limit: Int) throws(ProtocolViolation) {
        messageInput += piece.count
        try run(piece, flush: Z_SYNC_FLUSH, into: &message, limit: limit)
    }

    /// Ends the message: the four bytes that the sender took away are put back (RFC 7692 section 7.2.2).
    /// - Throws: as `inflate`; also when the data stops inside a block.
    func finishMessage(into message: inout [UInt8], limit: Int) throws(ProtocolViolation) {
        // An empty message may come as no bytes at all: zlib gives a sender nothing when it flushes twice.
        if messageInput > 0 {
            try withUnsafeBytes(of: UInt32(0x0000_FFFF).bigEndian) { tail throws(ProtocolViolation) in
                try run(tail, flush: Z_BLOCK, into: &message, limit: limit)
            }
            // zlib sets this bit when it stands between two blocks.
            guard let stream, stream.pointee.data_type & 128 != 0 else { throw .invalidDeflateData }
        }
        messageInput = 0
        if !keepsContext { endStream() }
    }

    private func run(
        _ input: UnsafeRawBufferPointer, flush: Int32, into message: inout [UInt8], limit: Int
    ) throws(ProtocolViolation) {
        let stream = try openStream()
        // zlib's input pointer is not const, but it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.outputStep) { output throws(ProtocolViolation) in
            while try step(stream, flush, output, &message, limit) {}
        }
    }

    /// Inflates one buffer's worth.
    /// - Returns: whether there is more to do with the same input.
    private func step(
        _ stream: UnsafeMutablePointer<z_stream>, _ flush: Int32, _ output: UnsafeMutableBufferPointer<UInt8>,
        _ message: inout [UInt8], _ limit: Int
    ) throws(ProtocolViolation) -> Bool {
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let result = CZlib.inflate(stream, flush)
        let produced = output.count - Int(stream.pointee.avail_out)
        let room = limit - message.count
        message.append(contentsOf: UnsafeBufferPointer(rebasing: output[..<min(produced, room)]))
        guard produced <= room else { throw .messageTooBig(limit: limit) }
        switch result {
        case Z_OK: break
        // No progress was possible: all input is used up.
        case Z_BUF_ERROR: return false
        // RFC 7692 section 7.2.3.4: a block may be marked as the last one; the next block still refers to the same window.
        case Z_STREAM_END: inflateResetKeep(stream)
        default: throw .invalidDeflateData
        }
        return stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
    }

    private func openStream() throws(ProtocolViolation) -> UnsafeMutablePointer<z_stream> {
        if let stream { return stream }
        let opened = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        opened.initialize(to: z_stream())
        guard inflateInit2_(opened, -windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            opened.deallocate()
            throw .noMemoryForCompression
        }
        stream = opened
        return opened
    }

    private func endStream() {
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
        self.stream = nil
    }
}
