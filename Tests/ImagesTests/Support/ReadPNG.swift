import CZlib

/// A second reader of PNG, for files as the cleaner writes them: 8 bits, RGB or RGBA, not interlaced. It checks every checksum.
struct ReadPNG {
    let chunks: [(type: String, data: [UInt8])]
    let raster: Raster
    let hasAlpha: Bool

    /// nil when anything is not in order, or something stands behind the end.
    init?(_ file: [UInt8]) {
        guard file.starts(with: PNG.signature) else { return nil }
        var chunks: [(type: String, data: [UInt8])] = []
        var position = 8
        while position < file.count {
            guard position + 12 <= file.count else { return nil }
            let length = Self.number(file, position)
            guard position + 12 + length <= file.count else { return nil }
            let typed = Array(file[position + 4..<position + 8 + length])
            guard Self.number(file, position + 8 + length) == Int(crc32(0, typed, UInt32(typed.count))) else { return nil }
            chunks.append((String(decoding: typed.prefix(4), as: UTF8.self), Array(typed.dropFirst(4))))
            position += 12 + length
        }
        guard let header = chunks.first, header.type == "IHDR", chunks.last?.type == "IEND", header.data[8] == 8,
            [2, 6].contains(header.data[9]), header.data[10...] == [0, 0, 0]
        else { return nil }
        let hasAlpha = header.data[9] == 6
        let (width, height) = (Self.number(header.data, 0), Self.number(header.data, 4))
        let channels = hasAlpha ? 4 : 3
        let packed = chunks.filter { $0.type == "IDAT" }.flatMap(\.data)
        guard let rows = Self.inflated(packed, count: height * (1 + width * channels)),
            let samples = Self.unfiltered(rows, width: width * channels, height: height, step: channels)
        else { return nil }
        self.chunks = chunks
        self.hasAlpha = hasAlpha
        raster = Raster(width: width, height: height) { x, y in
            let start = (y * width + x) * channels
            return samples[start..<start + 3] + [hasAlpha ? samples[start + 3] : 255]
        }
    }

    private static func number(_ bytes: [UInt8], _ position: Int) -> Int {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func inflated(_ packed: [UInt8], count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var length = uLong(count)
        guard uncompress(&bytes, &length, packed, uLong(packed.count)) == Z_OK, Int(length) == count else { return nil }
        return bytes
    }

    /// W3C PNG, 9.2.
    private static func unfiltered(_ rows: [UInt8], width: Int, height: Int, step: Int) -> [UInt8]? {
        var above = [UInt8](repeating: 0, count: width)
        var samples: [UInt8] = []
        for y in 0..<height {
            let start = y * (width + 1)
            var row = Array(rows[start + 1..<start + 1 + width])
            for x in 0..<width {
                let left = x >= step ? Int(row[x - step]) : 0
                let corner = x >= step ? Int(above[x - step]) : 0
                let up = Int(above[x])
                let estimate = left + up - corner
                let nearest = [left, up, corner].enumerated().min {
                    (abs(estimate - $0.element), $0.offset) < (abs(estimate - $1.element), $1.offset)
                }
                guard rows[start] <= 4 else { return nil }
                let guess = [0, left, up, (left + up) / 2, nearest?.element ?? 0][Int(rows[start])]
                row[x] &+= UInt8(guess)
            }
            samples += row
            above = row
        }
        return samples
    }
}
