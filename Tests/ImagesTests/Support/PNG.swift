import CZlib

/// A PNG file that a test writes chunk by chunk (W3C PNG, third edition), with whatever it wants to be wrong.
struct PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The order of Adam7: first column and row, and the steps between them.
    private static let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]

    enum Colour: UInt8 {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgbAlpha = 6
    }

    var width: Int
    var height: Int
    var depth = 8
    var colour = Colour.rgbAlpha
    var isInterlaced = false
    /// Chunks between the header and the pixels.
    var before: [[UInt8]] = []
    /// Chunks between the pixels and the end.
    var after: [[UInt8]] = []
    /// The rows before they are deflated, each with its filter.
    var rows: [UInt8] = []

    /// The samples of each pixel, as many as the colour has.
    init(
        width: Int, height: Int, depth: Int = 8, colour: Colour = .rgbAlpha, isInterlaced: Bool = false,
        samples: (_ x: Int, _ y: Int) -> [Int]
    ) {
        (self.width, self.height, self.depth, self.colour, self.isInterlaced) = (width, height, depth, colour, isInterlaced)
        for (left, top, across, down) in isInterlaced ? Self.passes : [(0, 0, 1, 1)] where left < width {
            for y in stride(from: top, to: height, by: down) {
                let row = stride(from: left, to: width, by: across).flatMap { x in samples(x, y) }
                rows += [0] + Self.packed(row, depth: depth)
            }
        }
    }

    init(_ raster: Raster) {
        self.init(width: raster.width, height: raster.height) { x, y in raster[x, y].map(Int.init) }
    }

    var header: [UInt8] {
        let sizes = Self.number(width) + Self.number(height)
        return Self.chunk("IHDR", sizes + [UInt8(depth), colour.rawValue, 0, 0, isInterlaced ? 1 : 0])
    }

    var bytes: [UInt8] {
        Self.signature + header + before.joined() + Self.chunk("IDAT", Self.deflated(rows)) + after.joined() + Self.chunk("IEND", [])
    }

    /// A copy with something changed.
    func with(_ change: (inout PNG) -> Void) -> PNG {
        var copy = self
        change(&copy)
        return copy
    }

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let typed = Array(type.utf8) + data
        return number(data.count) + typed + number(Int(crc32(0, typed, UInt32(typed.count))))
    }

    static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        compress(&packed, &length, bytes, uLong(bytes.count))
        return Array(packed.prefix(Int(length)))
    }

    static func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).bigEndian, Array.init)
    }

    private static func packed(_ samples: [Int], depth: Int) -> [UInt8] {
        if depth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
        var bytes: [UInt8] = []
        for (index, sample) in samples.enumerated() {
            let bit = index * depth % 8
            if bit == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(sample << (8 - depth - bit))
        }
        return bytes
    }
}
