internal import CSpng

/// Decodes PNG with libspng: all colour types, depths and interlacing, to 8 bits.
struct PNGReader {
    let limits: ImageLimits

    func pixels(of bytes: [UInt8]) throws(ImageFailure) -> Pixels {
        guard let file = PNGChunks.needed(of: bytes) else { throw .damaged(.png) }
        guard let context = spng_ctx_new(0) else { throw .outOfMemory }
        defer { spng_ctx_free(context) }
        return try file.withUnsafeBufferPointer { (file) throws(ImageFailure) in try pixels(of: file, context) }
    }

    private func pixels(of file: UnsafeBufferPointer<UInt8>, _ context: OpaquePointer) throws(ImageFailure) -> Pixels {
        // Nothing that is kept can be larger than the file.
        try require(spng_set_chunk_limits(context, file.count, file.count))
        try require(spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_ERROR.rawValue)))
        try require(spng_set_png_buffer(context, file.baseAddress, file.count))
        var header = spng_ihdr()
        try require(spng_get_ihdr(context, &header))
        // Not by spng_set_image_limits, which would not tell how large it is.
        try limits.check(width: Int(header.width), height: Int(header.height))
        var pixels = Pixels(width: Int(header.width), height: Int(header.height))
        try pixels.fill { (buffer) throws(ImageFailure) in
            let format = Int32(SPNG_FMT_RGBA8.rawValue)
            try require(spng_decode_image(context, buffer.baseAddress, buffer.count, format, Int32(SPNG_DECODE_TRNS.rawValue)))
        }
        // The last checksums stand behind the last pixel.
        try require(spng_decode_chunks(context))
        return pixels
    }

    private func require(_ status: Int32) throws(ImageFailure) {
        guard status != SPNG_EMEM.rawValue else { throw .outOfMemory }
        guard status == 0 else { throw .damaged(.png) }
    }
}
