/// How the rows and columns of a stored picture are to be shown (Exif 3.0, tag 0x0112).
enum Orientation: UInt16, CaseIterable {
    case upright = 1
    case mirrored
    case turnedHalf
    case mirroredDown
    case transposed
    case turnedRight
    case transversed
    case turnedLeft

    /// Whether columns become rows.
    var isTransposed: Bool { rawValue >= Orientation.transposed.rawValue }

    /// Whether the stored columns are taken from the right.
    var startsAtRight: Bool { [.mirrored, .turnedHalf, .transversed, .turnedLeft].contains(self) }

    /// Whether the stored rows are taken from below.
    var startsAtBottom: Bool { [.turnedHalf, .mirroredDown, .turnedRight, .transversed].contains(self) }
}

extension Pixels {
    /// Puts every pixel where it is to be shown.
    mutating func turn(by orientation: Orientation) {
        guard orientation != .upright else { return }
        let start = (orientation.startsAtRight ? width - 1 : 0) + (orientation.startsAtBottom ? (height - 1) * width : 0)
        let column = orientation.startsAtRight ? -1 : 1
        let row = orientation.startsAtBottom ? -width : width
        let (across, down) = orientation.isTransposed ? (row, column) : (column, row)
        let (newWidth, newHeight) = orientation.isTransposed ? (height, width) : (width, height)
        let turned = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
            let target = UnsafeMutableRawBufferPointer(target)
            bytes.withUnsafeBytes { source in
                for y in 0..<newHeight {
                    var position = start + y * down
                    for x in 0..<newWidth {
                        let pixel = source.load(fromByteOffset: position * 4, as: UInt32.self)
                        target.storeBytes(of: pixel, toByteOffset: (y * newWidth + x) * 4, as: UInt32.self)
                        position += across
                    }
                }
                count = source.count
            }
        }
        self = Pixels(width: newWidth, height: newHeight, bytes: turned)
    }
}
