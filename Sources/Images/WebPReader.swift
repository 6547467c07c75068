internal import CWebP

/// Decodes WebP with libwebp; of an animation its first frame, alone on its canvas.
struct WebPReader {
    let limits: ImageLimits

    func pixels(of bytes: [UInt8]) throws(ImageFailure) -> Pixels {
        try bytes.withUnsafeBufferPointer { (bytes) throws(ImageFailure) in
            var features = WebPBitstreamFeatures()
            guard WebPGetFeatures(bytes.baseAddress, bytes.count, &features) == VP8_STATUS_OK else { throw .damaged(.webp) }
            let (width, height) = (Int(features.width), Int(features.height))
            try limits.check(width: width, height: height)
            guard features.has_animation == 0 else { return try firstFrame(of: bytes, width: width, height: height) }
            var pixels = Pixels(width: width, height: height)
            try pixels.fill { (buffer) throws(ImageFailure) in try decode(bytes, into: buffer, stride: width * 4) }
            return pixels
        }
    }

    private func firstFrame(of bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int) throws(ImageFailure) -> Pixels {
        var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
        guard let parts = WebPDemux(&data) else { throw .damaged(.webp) }
        defer { WebPDemuxDelete(parts) }
        var frame = WebPIterator()
        defer { WebPDemuxReleaseIterator(&frame) }
        guard WebPDemuxGetFrame(parts, 1, &frame) != 0 else { throw .damaged(.webp) }
        let picture = UnsafeBufferPointer(start: frame.fragment.bytes, count: frame.fragment.size)
        let (x, y) = (Int(frame.x_offset), Int(frame.y_offset))
        // What is decoded must lie on the canvas, however large the frame says to be.
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(picture.baseAddress, picture.count, &features) == VP8_STATUS_OK, x >= 0, y >= 0,
            x + Int(features.width) <= width, y + Int(features.height) <= height
        else { throw .damaged(.webp) }
        var pixels = Pixels(width: width, height: height)
        try pixels.fill { (buffer) throws(ImageFailure) in
            let room = UnsafeMutableBufferPointer(rebasing: buffer[((y * width + x) * 4)...])
            try decode(picture, into: room, stride: width * 4)
        }
        return pixels
    }

    private func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>, stride: Int
    ) throws(ImageFailure) {
        guard WebPDecodeRGBAInto(bytes.baseAddress, bytes.count, buffer.baseAddress, buffer.count, Int32(stride)) != nil else {
            throw .damaged(.webp)
        }
    }
}
