/// How much of a picture is taken. Sides and pixels are those that its header says, and are checked before any of it is decoded.
public struct ImageLimits: Sendable, Equatable {
    /// Bytes of the picture as it comes: 8 MiB.
    public var inputBytes = 8 << 20
    /// Pixels of the longer side: 8 192. A cleaner takes no more than 16 383, as WebP does.
    public var side = 8_192
    /// Width times height: 16 777 216. A cleaner takes no more: the sums of the scaler have 32 bits.
    public var pixels = 1 << 24
    /// Times that a JPEG may go over all its pixels: 64. Ordinary progressive ones have about ten.
    public var scans = 64
    /// Bytes of the PNG that comes out: 16 MiB.
    public var outputBytes = 16 << 20

    /// The usual limits.
    public init() {}

    /// The usual limits.
    public static let standard = ImageLimits()
}

extension ImageLimits {
    /// These limits, and none above what the libraries can do.
    var clamped: ImageLimits {
        var limits = self
        limits.side = min(side, 16_383)
        limits.pixels = min(pixels, 1 << 24)
        return limits
    }

    /// Checks the size that a header says.
    func check(width: Int, height: Int) throws(ImageFailure) {
        let longer = max(width, height)
        guard longer <= side else { throw .tooLarge(.side, limit: side, actual: longer) }
        guard width * height <= pixels else { throw .tooLarge(.pixels, limit: pixels, actual: width * height) }
    }
}
