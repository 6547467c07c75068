/// The room that a picture has to fit into, in pixels.
public struct ImageBox: Sendable, Equatable {
    /// At least 1.
    public let width: Int
    /// At least 1.
    public let height: Int

    /// A box of this size; a side below 1 is 1.
    public init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
    }
}

extension ImageBox {
    /// The same box lying on its side.
    var transposed: ImageBox { ImageBox(width: height, height: width) }

    /// The largest size of the same shape, to the nearest pixel, that fits in here and is not larger than the picture.
    func size(ofWidth width: Int, height: Int) -> (width: Int, height: Int) {
        // A side of the box beyond the picture's is no bound, and could be too large a number to multiply.
        let (boxWidth, boxHeight) = (min(self.width, width), min(self.height, height))
        if width * boxHeight >= height * boxWidth {
            return (boxWidth, max(1, (height * boxWidth + width / 2) / width))
        }
        return (max(1, (width * boxHeight + height / 2) / height), boxHeight)
    }
}
