/// The chunks of a PNG file (W3C PNG, third edition, 5.3).
enum PNGChunks {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The file without what its pixels do not need: all chunks that may be left out but the transparency, and whatever stands behind the end.
    ///
    /// So no library unpacks a text or a colour profile that a stranger wrote.
    /// - Returns: nil when it has no end or a chunk is cut off.
    static func needed(of file: [UInt8]) -> [UInt8]? {
        var needed = signature
        var position = signature.count
        while position <= file.count - 12 {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = file[position + 4..<position + 8]
            let end = position + 12 + length
            guard end <= file.count else { return nil }
            // A small first letter says that readers may pass the chunk over.
            if type.first.map({ $0 & 0x20 == 0 }) ?? false || type.elementsEqual("tRNS".utf8) { needed += file[position..<end] }
            if type.elementsEqual("IEND".utf8) { return needed }
            position = end
        }
        return nil
    }
}
