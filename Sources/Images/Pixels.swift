/// A decoded picture: rows from the top, each pixel as red, green, blue and alpha of 8 bits, not premultiplied.
struct Pixels: Equatable {
    private(set) var width: Int
    private(set) var height: Int
    private(set) var bytes: [UInt8]

    /// All transparent. Zeros, so that a library that leaves a pixel out does not show what was in memory before.
    init(width: Int, height: Int) {
        self.init(width: width, height: height, bytes: [UInt8](repeating: 0, count: width * height * 4))
    }

    /// As many bytes as the size says, four for each pixel.
    init(width: Int, height: Int, bytes: [UInt8]) {
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// Whether every pixel has the alpha 255.
    var isOpaque: Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var alpha: UInt8 = 255
            for position in stride(from: 3, to: bytes.count, by: 4) { alpha &= bytes[position] }
            return alpha == 255
        }
    }

    /// Lends the bytes to a library that writes them.
    mutating func fill<Result>(_ body: (UnsafeMutableBufferPointer<UInt8>) throws(ImageFailure) -> Result) throws(ImageFailure) -> Result {
        try bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImageFailure) in try body(buffer) }
    }
}
