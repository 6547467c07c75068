/// Makes clean PNG files of the pictures that people send.
///
/// Whatever else is in a picture (Exif, texts, colour profiles, further frames, what is appended to it) stays behind. A colour profile is dropped
/// and not applied.
public struct ImageCleaner: Sendable {
    private let limits: ImageLimits

    /// A cleaner that takes so much; no more sides and pixels than `ImageLimits` says that the libraries can do.
    public init(limits: ImageLimits = .standard) {
        self.limits = limits.clamped
    }

    /// The picture as PNG, upright, and scaled down when it is larger than the box. The same input gives the same bytes.
    ///
    /// Works on the thread of the caller, for up to some seconds when the picture is as large as it may be, so a loop that serves others is no
    /// place for it. With the usual limits it takes up to 220 MiB: four bytes for each pixel, eight more for a progressive JPEG of four inks, the
    /// files. Only lossless WebP can take more, because libwebp bounds its tables of codes by nothing but the pixels: 500 MiB were seen with one that
    /// was made for it. So let few of these run at once.
    /// - Throws: `ImageFailure`, before anything is decoded when the header tells of too much.
    public func png(of bytes: [UInt8], fitting box: ImageBox) throws(ImageFailure) -> CleanImage {
        guard bytes.count <= limits.inputBytes else { throw .tooLarge(.inputBytes, limit: limits.inputBytes, actual: bytes.count) }
        var (pixels, orientation) = try decoded(bytes)
        // First scaled, then turned: that needs less memory.
        let room = orientation.isTransposed ? box.transposed : box
        let size = room.size(ofWidth: pixels.width, height: pixels.height)
        try pixels.scale(toWidth: size.width, height: size.height)
        pixels.turn(by: orientation)
        let png = try PNGWriter(limit: limits.outputBytes).bytes(of: pixels)
        return CleanImage(png: png, width: pixels.width, height: pixels.height)
    }

    private func decoded(_ bytes: [UInt8]) throws(ImageFailure) -> (Pixels, Orientation) {
        switch ImageFormat(of: bytes) {
        case .png: return (try PNGReader(limits: limits).pixels(of: bytes), .upright)
        case .webp: return (try WebPReader(limits: limits).pixels(of: bytes), .upright)
        case .jpeg:
            let outline = JPEGOutline(bytes)
            return (try JPEGReader(limits: limits).pixels(of: bytes, outline: outline), outline.orientation)
        case nil: throw .unknownFormat
        }
    }
}
