/// A picture that is safe to hand out: a PNG that was written here, with 8 bits a channel, and nothing in it but pixels.
public struct CleanImage: Sendable, Equatable {
    /// The file. RGB when every pixel is opaque, RGBA otherwise; to be shown as sRGB.
    public var png: [UInt8]
    /// Its width in pixels.
    public var width: Int
    /// Its height in pixels.
    public var height: Int
}
