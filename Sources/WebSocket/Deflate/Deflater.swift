internal import CZlib

/// Deflates the messages to one client (RFC 7692 section 7.2.1).
///
/// Without context takeover its zlib stream exists only during `compress`.
final class Deflater {
    private static let outputStep = 16 * 1024

    private let windowBits: Int32
    private let keepsContext: Bool
    private let level: Int32
    private let memoryLevel: Int32
    private let minimumSize: Int
    private var stream: UnsafeMutablePointer<z_stream>?

    /// - Parameters:
    ///   - windowBits: base-2 logarithm of the window, 9...15.
    ///   - keepsContext: a message may refer to the ones before it (context takeover).
    init(windowBits: Int, keepsContext: Bool, options: WebSocketCompression) {
        self.windowBits = Int32(windowBits)
        self.keepsContext = keepsContext
        level = Int32(min(max(options.level, 1), 9))
        memoryLevel = Int32(min(max(options.memoryLevel, 1), 9))
        minimumSize = max(1, options.minimumSize)
    }

    deinit { endStream() }

    /// Whether a zlib stream is held at the moment.
    var holdsStream: Bool { stream != nil }

    /// The payload of a compressed frame.
    /// - Returns: nil when the message is better sent as it is: too short, not smaller (only without context takeover), or no memory.
    func compress(_ payload: [UInt8]) -> [UInt8]? {
        guard payload.count >= minimumSize, let stream = openStream() else { return nil }
        defer { if !keepsContext { endStream() } }
        var result: [UInt8] = []
        payload.withUnsafeBytes { input in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.outputStep) { output in
                run(stream, input, output, into: &result)
            }
        }
        // RFC 7692 section 7.2.1: the flush ends with 00 00 FF FF, which is not sent.
        guard result.suffix(4) == [0, 0, 0xFF, 0xFF] else { return nil }
        result.removeLast(4)
        // With context takeover the window now holds this message, so the client must see it compressed.
        return keepsContext || result.count < payload.count ? result : nil
    }

    private func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableBufferPointer<UInt8>,
        into result: inout [UInt8]
    ) {
        var rest = input
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(1 << 30))
            stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece.count)
            repeat {
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                // A stream in order has no other result than Z_OK, and Z_BUF_ERROR when nothing was left to write.
                _ = deflate(stream, rest.isEmpty ? Z_SYNC_FLUSH : Z_NO_FLUSH)
                result.append(contentsOf: UnsafeBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
            } while stream.pointee.avail_out == 0
        } while !rest.isEmpty
    }

    private func openStream() -> UnsafeMutablePointer<z_stream>? {
        if let stream { return stream }
        let opened = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        opened.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let result = deflateInit2_(opened, level, Z_DEFLATED, -windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard result == Z_OK else {
            opened.deallocate()
            return nil
        }
        stream = opened
        return opened
    }

    private func endStream() {
        guard let stream else { return }
        deflateEnd(stream)
        stream.deallocate()
        self.stream = nil
    }
}
