internal import Images

/// Pictures: what is taken comes out as a PNG within the limits, which is taken again and stays as it is; narrow limits only refuse more.
enum ImageHarness {
    /// Low enough to be reached by small inputs, and so that one input does not take long.
    private static let usual: ImageLimits = {
        var limits = ImageLimits()
        limits.side = 512
        limits.pixels = 1 << 16
        return limits
    }()

    private static let tight: ImageLimits = {
        var limits = ImageLimits()
        limits.inputBytes = 2_048
        limits.side = 32
        limits.pixels = 512
        limits.scans = 4
        limits.outputBytes = 1_024
        return limits
    }()

    private static let box = ImageBox(width: 24, height: 16)

    static func run(_ bytes: [UInt8]) throws(Finding) {
        try check(bytes)
        // A checksum is hard to guess: each PNG is read with the right ones, too.
        if ImageFormat(of: bytes) == .png { try check(mended(bytes)) }
    }

    private static func check(_ bytes: [UInt8]) throws(Finding) {
        let whole = try outcome(bytes, usual, ImageBox(width: usual.side, height: usual.side))
        let scaled = try outcome(bytes, usual, box)
        let narrow = try outcome(bytes, tight, box)
        if case .success = narrow { try require(narrow == scaled, "with narrow limits another picture comes out") }
        guard case .success(let large) = whole else { return try require(scaled == whole, "a picture is taken only when it is scaled") }
        guard case .success(let small) = scaled else { throw Finding(description: "a picture is taken only when it is not scaled") }
        try require(small.width <= large.width && small.height <= large.height, "a picture grows")
        try require(small.width <= box.width && small.height <= box.height, "a picture does not fit into the box")
        let again = try outcome(large.png, usual, ImageBox(width: usual.side, height: usual.side))
        try require(again == whole, "what is clean changes when it is cleaned again")
    }

    private static func outcome(
        _ bytes: [UInt8], _ limits: ImageLimits, _ box: ImageBox
    ) throws(Finding) -> Result<CleanImage, ImageFailure> {
        let outcome = cleaned(bytes, limits, box)
        switch outcome {
        case .success(let image):
            try require(bytes.count <= limits.inputBytes && image.png.count <= limits.outputBytes, "more bytes than the limit")
            let isWithin = max(image.width, image.height) <= limits.side && image.width * image.height <= limits.pixels
            try require(isWithin && image.width > 0 && image.height > 0, "a picture of \(image.width) by \(image.height) pixels")
            try require(ImageFormat(of: image.png) == .png, "what comes out is no PNG")
        case .failure(.tooLarge(_, let limit, let actual)):
            try require((actual ?? .max) > limit, "a picture is refused within the limits")
        case .failure(.outOfMemory): throw Finding(description: "there is not enough memory")
        case .failure(.unknownFormat): try require(ImageFormat(of: bytes) == nil, "a format is known and not read")
        case .failure(.damaged(let format)): try require(ImageFormat(of: bytes) == format, "a picture is damaged as another format")
        }
        return outcome
    }

    private static func cleaned(_ bytes: [UInt8], _ limits: ImageLimits, _ box: ImageBox) -> Result<CleanImage, ImageFailure> {
        do throws(ImageFailure) {
            return .success(try ImageCleaner(limits: limits).png(of: bytes, fitting: box))
        } catch {
            return .failure(error)
        }
    }

    /// The PNG with the checksum that each whole chunk should have.
    private static func mended(_ png: [UInt8]) -> [UInt8] {
        var mended = png
        var position = 8
        while position <= png.count - 12 {
            let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard position + 12 + length <= png.count else { break }
            let checksum = withUnsafeBytes(of: checksum(of: png[position + 4..<position + 8 + length]).bigEndian, Array.init)
            mended.replaceSubrange(position + 8 + length..<position + 12 + length, with: checksum)
            position += 12 + length
        }
        return mended
    }

    /// W3C PNG, annex D.
    private static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
        }
        return ~value
    }
}
