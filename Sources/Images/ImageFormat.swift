/// A format that is read. What a picture is, its first bytes say; names and content types are not asked.
public enum ImageFormat: Sendable, Equatable {
    /// PNG, also the default image of an animated one.
    case png
    /// JPEG, baseline or progressive.
    case jpeg
    /// WebP, also the first frame of an animated one.
    case webp

    /// nil when the bytes begin like none of them.
    public init?(of bytes: [UInt8]) {
        if bytes.starts(with: PNGChunks.signature) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }
}

extension ImageFormat: CustomStringConvertible {
    /// Its name.
    public var description: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        }
    }
}
