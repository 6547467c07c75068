internal import CSpng

/// Writes PNG with libspng: RGB when every pixel is opaque, RGBA otherwise, and no chunk besides those that must be.
struct PNGWriter {
    /// Fast rather than small: of a large photograph level 6 takes three times as long and saves some hundredths, and more filters save nothing.
    private static let level: Int32 = 3
    private static let filters = Int32(SPNG_FILTER_CHOICE_SUB.rawValue | SPNG_FILTER_CHOICE_UP.rawValue)

    /// Bytes of the file, at most.
    let limit: Int

    /// - Throws: `.tooLarge(.outputBytes, …)`, or `.outOfMemory`.
    func bytes(of pixels: Pixels) throws(ImageFailure) -> [UInt8] {
        var output = Output(limit: limit)
        let status = withUnsafeMutablePointer(to: &output) { write(pixels, to: $0) }
        guard !output.isFull else { throw .tooLarge(.outputBytes, limit: limit, actual: nil) }
        // It writes only what it is given: there is nothing else that can go wrong.
        guard status == SPNG_EOI.rawValue else { throw .outOfMemory }
        return output.bytes
    }

    private func write(_ pixels: Pixels, to output: UnsafeMutablePointer<Output>) -> Int32 {
        guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else { return Int32(SPNG_EMEM.rawValue) }
        defer { spng_ctx_free(context) }
        let isOpaque = pixels.isOpaque
        var header = spng_ihdr()
        header.width = UInt32(pixels.width)
        header.height = UInt32(pixels.height)
        header.bit_depth = 8
        header.color_type = UInt8((isOpaque ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA).rawValue)
        spng_set_png_stream(context, { _, output, bytes, count in Output.append(bytes, count, to: output) }, output)
        spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, Self.level)
        spng_set_option(context, SPNG_FILTER_CHOICE, Self.filters)
        spng_set_ihdr(context, &header)
        let flags = Int32(SPNG_ENCODE_PROGRESSIVE.rawValue | SPNG_ENCODE_FINALIZE.rawValue)
        var status = spng_encode_image(context, nil, 0, Int32(SPNG_FMT_PNG.rawValue), flags)
        pixels.bytes.withUnsafeBufferPointer { bytes in
            var opaque = [UInt8](repeating: 0, count: isOpaque ? pixels.width * 3 : 0)
            for start in stride(from: 0, to: bytes.count, by: pixels.width * 4) where status == 0 {
                let row = UnsafeBufferPointer(rebasing: bytes[start..<start + pixels.width * 4])
                if isOpaque { Self.leaveAlphaOut(of: row, to: &opaque) }
                status = isOpaque ? spng_encode_row(context, opaque, opaque.count) : spng_encode_row(context, row.baseAddress, row.count)
            }
        }
        return status
    }

    private static func leaveAlphaOut(of row: UnsafeBufferPointer<UInt8>, to opaque: inout [UInt8]) {
        opaque.withUnsafeMutableBufferPointer { opaque in
            var source = 0
            for target in stride(from: 0, to: opaque.count, by: 3) {
                opaque[target] = row[source]
                opaque[target + 1] = row[source + 1]
                opaque[target + 2] = row[source + 2]
                source += 4
            }
        }
    }
}

extension PNGWriter {
    /// What libspng has written so far.
    private struct Output {
        let limit: Int
        private(set) var bytes: [UInt8] = []
        private(set) var isFull = false

        init(limit: Int) {
            self.limit = limit
        }

        static func append(_ bytes: UnsafeMutableRawPointer?, _ count: Int, to output: UnsafeMutableRawPointer?) -> Int32 {
            guard let output = output?.assumingMemoryBound(to: Output.self) else { return SPNG_IO_ERROR.rawValue }
            guard count <= output.pointee.limit - output.pointee.bytes.count else {
                output.pointee.isFull = true
                return SPNG_IO_ERROR.rawValue
            }
            output.pointee.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
            return 0
        }
    }
}
