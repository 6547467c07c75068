import CWebP

/// WebP files that a test makes with libwebp, or puts together of chunks (RFC 9649).
enum WebP {
    /// A picture of an animation, at even places.
    struct Frame {
        var raster: Raster
        var x = 0
        var y = 0
    }

    static func lossless(_ raster: Raster) -> [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        defer { WebPFree(output) }
        let count = WebPEncodeLosslessRGBA(raster.bytes, Int32(raster.width), Int32(raster.height), Int32(raster.width * 4), &output)
        return Array(UnsafeBufferPointer(start: output, count: count))
    }

    static func lossy(_ raster: Raster) -> [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        defer { WebPFree(output) }
        let count = WebPEncodeRGBA(raster.bytes, Int32(raster.width), Int32(raster.height), Int32(raster.width * 4), 100, &output)
        return Array(UnsafeBufferPointer(start: output, count: count))
    }

    static func animated(width: Int, height: Int, _ frames: [Frame]) -> [UInt8] {
        let parts = frames.map { frame in
            let places = number(frame.x / 2, 3) + number(frame.y / 2, 3)
            let sizes = number(frame.raster.width - 1, 3) + number(frame.raster.height - 1, 3)
            return chunk("ANMF", places + sizes + number(100, 3) + [0] + lossless(frame.raster).dropFirst(12))
        }
        return file(extended(flags: 0x12, width: width, height: height) + chunk("ANIM", [1, 2, 3, 255, 0, 0]) + parts.joined())
    }

    /// The head of a file with more than a picture.
    static func extended(flags: UInt8, width: Int, height: Int) -> [UInt8] {
        chunk("VP8X", [flags, 0, 0, 0] + number(width - 1, 3) + number(height - 1, 3))
    }

    static func file(_ chunks: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + number(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
    }

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        Array(type.utf8) + number(data.count, 4) + data + (data.count.isMultiple(of: 2) ? [] : [0])
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
