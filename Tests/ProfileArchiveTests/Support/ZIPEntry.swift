import CZlib

/// An entry of an archive that a test writes. Every number that headers say can be a lie.
struct ZIPEntry {
    var name: [UInt8]
    /// As it is stored.
    var packed: [UInt8]
    var method: UInt16
    var flags: UInt16 = 0
    /// What the headers say.
    var size: UInt64
    var packedSize: UInt64
    var checksum: UInt32
    /// Further fields of the header in the directory.
    var extra: [UInt8] = []
    /// Sizes stand behind the content and not before it.
    var hasDescriptor = false
    /// Sizes stand in the field for large ones.
    var isLarge = false
    /// Where its own header is said to be, when it has none.
    var borrowedOffset: UInt32?

    init(_ name: String, _ content: [UInt8], isDeflated: Bool = true) {
        self.name = Array(name.utf8)
        packed = isDeflated ? Self.deflated(content) : content
        method = isDeflated ? 8 : 0
        size = UInt64(content.count)
        packedSize = UInt64(packed.count)
        checksum = UInt32(crc32(0, content, UInt32(content.count)))
    }

    init(_ name: String, _ text: String, isDeflated: Bool = true) {
        self.init(name, Array(text.utf8), isDeflated: isDeflated)
    }

    /// A copy with something changed.
    func with(_ change: (inout ZIPEntry) -> Void) -> ZIPEntry {
        var copy = self
        change(&copy)
        return copy
    }

    /// Deflated without a header (RFC 1951).
    private static func deflated(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = content
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count))))
        let count = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                return Int(stream.total_out)
            }
        }
        return Array(output.prefix(count))
    }
}
