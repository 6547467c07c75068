import Images

/// What the cleaner makes of a picture.
func clean(
    _ bytes: [UInt8], fitting box: ImageBox = ImageBox(width: 8_192, height: 8_192), limits: ImageLimits = .standard
) -> Result<CleanImage, ImageFailure> {
    do throws(ImageFailure) {
        return .success(try ImageCleaner(limits: limits).png(of: bytes, fitting: box))
    } catch {
        return .failure(error)
    }
}

extension Result where Success == CleanImage, Failure == ImageFailure {
    /// The pixels that came out, read by the tests' own reader; nil when the picture was refused or its PNG is not in order.
    var raster: Raster? { (try? get()).flatMap { ReadPNG($0.png)?.raster } }

    /// Why it was refused.
    var failure: ImageFailure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
