/// The first directory of an Exif segment (Exif 3.0, 4.5 and 4.7.2), as far as the orientation.
struct ExifReader {
    private static let orientationTag: UInt16 = 0x0112
    private static let shortType: UInt16 = 3

    /// The TIFF structure, in which offsets count from its beginning.
    private let bytes: Slice<UnsafeBufferPointer<UInt8>>
    private let isBigEndian: Bool

    /// nil when the segment is of another kind.
    init?(segment: Slice<UnsafeBufferPointer<UInt8>>) {
        guard segment.starts(with: "Exif\0\0".utf8) else { return nil }
        bytes = segment.dropFirst(6)
        isBigEndian = bytes.first == UInt8(ascii: "M")
    }

    /// nil when it is not said, or said in a way that the standard does not allow.
    var orientation: Orientation? {
        guard bytes.starts(with: isBigEndian ? "MM".utf8 : "II".utf8), short(at: 2) == 42, let start = long(at: 4),
            let count = short(at: start)
        else { return nil }
        for index in 0..<Int(count) {
            let entry = start + 2 + index * 12
            guard let tag = short(at: entry) else { return nil }
            guard tag == Self.orientationTag else { continue }
            guard short(at: entry + 2) == Self.shortType, long(at: entry + 4) == 1 else { return nil }
            return short(at: entry + 8).flatMap(Orientation.init)
        }
        return nil
    }

    /// nil when it would lie outside.
    private func short(at offset: Int) -> UInt16? {
        guard offset >= 0, offset <= bytes.count - 2 else { return nil }
        let (first, second) = (UInt16(bytes[bytes.startIndex + offset]), UInt16(bytes[bytes.startIndex + offset + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
    }

    /// nil when it would lie outside.
    private func long(at offset: Int) -> Int? {
        guard let first = short(at: offset), let second = short(at: offset + 2) else { return nil }
        return isBigEndian ? Int(first) << 16 | Int(second) : Int(second) << 16 | Int(first)
    }
}
