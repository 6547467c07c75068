internal import CTurboJPEG

/// Decodes JPEG with libjpeg-turbo. What others would only warn of is damage here: a picture that is cut off is grey from there on.
struct JPEGReader {
    let limits: ImageLimits

    func pixels(of bytes: [UInt8], outline: JPEGOutline) throws(ImageFailure) -> Pixels {
        // Each scan goes over all pixels again, however few bytes it has.
        guard outline.scans <= limits.scans else { throw .tooLarge(.scans, limit: limits.scans, actual: outline.scans) }
        guard let decoder = tjInitDecompress() else { throw .outOfMemory }
        defer { tjDestroy(decoder) }
        let size = UInt(bytes.count)
        var (width, height, sampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
        // It fails also when it has no name for the sampling, and then it can be decoded all the same.
        tjDecompressHeader3(decoder, bytes, size, &width, &height, &sampling, &colours)
        guard width > 0, height > 0 else { throw .damaged(.jpeg) }
        try limits.check(width: Int(width), height: Int(height))
        let isInk = colours == Int32(TJCS_CMYK.rawValue) || colours == Int32(TJCS_YCCK.rawValue)
        let format = isInk ? TJPF_CMYK : TJPF_RGBA
        let flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS
        var pixels = Pixels(width: Int(width), height: Int(height))
        try pixels.fill { (buffer) throws(ImageFailure) in
            let status = tjDecompress2(decoder, bytes, size, buffer.baseAddress, width, 0, height, format.rawValue, flags)
            guard status == 0 else { throw .damaged(.jpeg) }
            if isInk { mix(buffer) }
        }
        return pixels
    }

    /// Makes light of ink, in place. In such files a sample is what the ink leaves of the light: Adobe's programs write them so, and readers expect it.
    private func mix(_ samples: UnsafeMutableBufferPointer<UInt8>) {
        for start in stride(from: 0, to: samples.count, by: 4) {
            let black = UInt16(samples[start + 3])
            for position in start..<start + 3 { samples[position] = UInt8((UInt16(samples[position]) * black + 127) / 255) }
            samples[start + 3] = 255
        }
    }
}
