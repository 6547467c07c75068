/// What the segments of a JPEG say (ITU-T T.81, B.1) that is needed before and after libjpeg-turbo reads it. No length is trusted.
struct JPEGOutline {
    /// Of the first Exif segment before the first scan; upright when there is none, or none that is in order.
    private(set) var orientation = Orientation.upright
    /// How many scans begin.
    private(set) var scans = 0

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { read($0) }
    }

    /// Goes from marker to marker as libjpeg does: what stands between them is passed over, also the data of scans.
    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 2
        var hasExif = false
        while position + 1 < bytes.count {
            guard bytes[position] == 0xFF else {
                position += 1
                continue
            }
            let marker = bytes[position + 1]
            switch marker {
            case 0xFF:
                position += 1
            case 0x00, 0x01, 0xD0...0xD8:
                position += 2
            case 0xD9:
                return
            default:
                let start = position + 4
                guard start <= bytes.count else { return }
                let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
                guard end >= start, end <= bytes.count else { return }
                if marker == 0xDA { scans += 1 }
                if marker == 0xE1, scans == 0, !hasExif, let exif = ExifReader(segment: bytes[start..<end]) {
                    hasExif = true
                    orientation = exif.orientation ?? .upright
                }
                position = end
            }
        }
    }
}
