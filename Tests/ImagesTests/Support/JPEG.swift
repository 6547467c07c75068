import CTurboJPEG

/// JPEG files that a test makes with libjpeg-turbo, nearly without loss.
enum JPEG {
    static func bytes(
        _ raster: Raster, format: TJPF = TJPF_RGBA, sampling: TJSAMP = TJSAMP_444, isProgressive: Bool = false
    ) -> [UInt8] {
        guard let encoder = tjInitCompress() else { return [] }
        defer { tjDestroy(encoder) }
        var output: UnsafeMutablePointer<UInt8>?
        defer { tjFree(output) }
        var size: UInt = 0
        tjCompress2(
            encoder, raster.bytes, Int32(raster.width), 0, Int32(raster.height), format.rawValue, &output, &size,
            Int32(sampling.rawValue), 100, TJFLAG_ACCURATEDCT | (isProgressive ? TJFLAG_PROGRESSIVE : 0))
        return Array(UnsafeBufferPointer(start: output, count: Int(size)))
    }

    /// The file with a segment right behind its beginning.
    static func adding(marker: UInt8, _ content: [UInt8], to file: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return file.prefix(2) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content + file.dropFirst(2)
    }

    /// An Exif segment with a directory of one entry, which says the orientation.
    static func exif(orientation: UInt16, isBigEndian: Bool = true) -> [UInt8] {
        let short = { (value: UInt16) in withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian, Array.init) }
        let long = { (value: UInt32) in withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian, Array.init) }
        let start = Array("Exif\0\0".utf8) + Array((isBigEndian ? "MM" : "II").utf8) + short(42) + long(8)
        return start + short(1) + short(0x0112) + short(3) + long(1) + short(orientation) + short(0) + long(0)
    }
}
