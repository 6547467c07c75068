/// A picture that a test makes or compares: rows from the top, red, green, blue, alpha.
struct Raster: Equatable {
    var width: Int
    var height: Int
    var bytes: [UInt8]

    init(width: Int, height: Int, bytes: [UInt8]) {
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    init(width: Int, height: Int, pixel: (_ x: Int, _ y: Int) -> [UInt8]) {
        self.init(width: width, height: height, bytes: (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } })
    }

    subscript(x: Int, y: Int) -> [UInt8] { Array(bytes[(y * width + x) * 4..<(y * width + x) * 4 + 4]) }

    /// The largest difference of a sample; nil when the sizes differ.
    func distance(to other: Raster) -> Int? {
        guard width == other.width, height == other.height else { return nil }
        return zip(bytes, other.bytes).map { abs(Int($0) - Int($1)) }.max()
    }

    /// Smooth in all three colours, with no two neighbours alike.
    static func gradient(width: Int, height: Int, alpha: (_ x: Int, _ y: Int) -> UInt8 = { _, _ in 255 }) -> Raster {
        Raster(width: width, height: height) { x, y in
            [UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x + y) * 255 / (width + height)), alpha(x, y)]
        }
    }
}
