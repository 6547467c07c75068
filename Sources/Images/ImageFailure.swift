/// Why a picture is not taken. The text can be shown to whoever sent it.
public enum ImageFailure: Error, Equatable, Sendable {
    /// It begins like none of the formats.
    case unknownFormat
    /// It is cut off, or breaks the rules of its format, or is of a kind that the libraries do not read, such as JPEG with 12 bits.
    case damaged(ImageFormat)
    /// Something of it is above a limit; `actual` is nil where it was not counted to the end.
    case tooLarge(Measure, limit: Int, actual: Int?)
    /// There was not enough memory to go on.
    case outOfMemory

    /// What has a limit.
    public enum Measure: Sendable, Equatable {
        /// `ImageLimits.inputBytes`.
        case inputBytes
        /// `ImageLimits.side`.
        case side
        /// `ImageLimits.pixels`.
        case pixels
        /// `ImageLimits.scans`.
        case scans
        /// `ImageLimits.outputBytes`.
        case outputBytes
    }
}

extension ImageFailure: CustomStringConvertible {
    /// One sentence, which names the limit when it is one.
    public var description: String {
        switch self {
        case .unknownFormat: "This is no picture in PNG, JPEG or WebP."
        case .damaged(let format): "The \(format) picture is damaged, or of a kind that is not read."
        case .tooLarge(let measure, let limit, let actual):
            "\(measure) more than \(limit)\(actual.map { ": \($0)" } ?? "")."
        case .outOfMemory: "There is not enough memory for the picture."
        }
    }
}

extension ImageFailure.Measure: CustomStringConvertible {
    /// How a sentence begins that says that there is more of it than allowed.
    public var description: String {
        switch self {
        case .inputBytes: "The bytes of the picture are"
        case .side: "The pixels of the picture's longer side are"
        case .pixels: "The pixels of the picture are"
        case .scans: "The scans of the JPEG picture are"
        case .outputBytes: "The bytes of the picture as PNG are"
        }
    }
}
