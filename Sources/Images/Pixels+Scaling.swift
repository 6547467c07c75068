internal import CWebP

extension Pixels {
    /// Scales with libwebp: each pixel becomes the mean of those that it stands for, weighted by their alpha, so that what a transparent pixel
    /// hides does not show at an edge.
    mutating func scale(toWidth width: Int, height: Int) throws(ImageFailure) {
        guard width != self.width || height != self.height else { return }
        let isOpaque = isOpaque
        var picture = WebPPicture()
        guard WebPPictureInit(&picture) != 0 else { throw .outOfMemory }
        defer { WebPPictureFree(&picture) }
        picture.use_argb = 1
        picture.width = Int32(self.width)
        picture.height = Int32(self.height)
        picture.argb_stride = Int32(self.width)
        try fill { (buffer) throws(ImageFailure) in
            // libwebp takes an alpha in the highest bits, which all machines of Roost keep in the last byte; which colour is which it need not know.
            // As the memory is not its own, it premultiplies in it and does not free it.
            picture.argb = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: UInt32.self)
            guard WebPPictureRescale(&picture, Int32(width), Int32(height)) != 0 else { throw .outOfMemory }
        }
        let rows = UnsafeRawBufferPointer(start: picture.argb, count: Int(picture.argb_stride) * height * 4)
        var scaled: [UInt8] = []
        scaled.reserveCapacity(width * height * 4)
        for row in 0..<height {
            let start = row * Int(picture.argb_stride) * 4
            scaled += rows[start..<start + width * 4]
        }
        // Its fixed-point numbers make 254 of some means of 255.
        if isOpaque { for position in stride(from: 3, to: scaled.count, by: 4) { scaled[position] = 255 } }
        self = Pixels(width: width, height: height, bytes: scaled)
    }
}
