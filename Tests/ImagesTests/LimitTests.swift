import Images
import Testing

/// Everything has a limit, and a refusal names it; no header is believed before it is checked.
struct LimitTests {
    private let picture = Raster.gradient(width: 40, height: 30)

    private var files: [[UInt8]] { [PNG(picture).bytes, JPEG.bytes(picture), WebP.lossless(picture), WebP.lossy(picture)] }

    private func limits(_ change: (inout ImageLimits) -> Void) -> ImageLimits {
        var limits = ImageLimits.standard
        change(&limits)
        return limits
    }

    @Test func theUsualLimits() {
        let limits = ImageLimits.standard
        #expect(limits.inputBytes == 8_388_608 && limits.side == 8_192 && limits.pixels == 16_777_216)
        #expect(limits.scans == 64 && limits.outputBytes == 16_777_216)
    }

    @Test func theBytesOfThePictureAreLimited() {
        for file in files {
            let usual = clean(file)
            #expect(usual.raster != nil)
            #expect(clean(file, limits: limits { $0.inputBytes = file.count + 1 }) == usual)
            #expect(clean(file, limits: limits { $0.inputBytes = file.count }) == usual)
            let failure = ImageFailure.tooLarge(.inputBytes, limit: file.count - 1, actual: file.count)
            #expect(clean(file, limits: limits { $0.inputBytes = file.count - 1 }) == .failure(failure))
            #expect("\(failure)" == "The bytes of the picture are more than \(file.count - 1): \(file.count).")
        }
    }

    @Test func theLongerSideIsLimited() {
        let high = Raster.gradient(width: 30, height: 40)
        for file in files + [PNG(high).bytes, JPEG.bytes(high), WebP.lossless(high)] {
            let usual = clean(file)
            #expect(usual.raster != nil)
            #expect(clean(file, limits: limits { $0.side = 41 }) == usual)
            #expect(clean(file, limits: limits { $0.side = 40 }) == usual)
            #expect(clean(file, limits: limits { $0.side = 39 }) == .failure(.tooLarge(.side, limit: 39, actual: 40)))
        }
        #expect(
            "\(ImageFailure.tooLarge(.side, limit: 39, actual: 40))" == "The pixels of the picture's longer side are more than 39: 40.")
    }

    @Test func thePixelsAreLimited() {
        for file in files {
            let usual = clean(file)
            #expect(usual.raster != nil)
            #expect(clean(file, limits: limits { $0.pixels = 1_201 }) == usual)
            #expect(clean(file, limits: limits { $0.pixels = 1_200 }) == usual)
            #expect(clean(file, limits: limits { $0.pixels = 1_199 }) == .failure(.tooLarge(.pixels, limit: 1_199, actual: 1_200)))
        }
        #expect("\(ImageFailure.tooLarge(.pixels, limit: 1_199, actual: 1_200))" == "The pixels of the picture are more than 1199: 1200.")
    }

    @Test func theBytesThatComeOutAreLimited() throws {
        for file in files {
            let count = try clean(file).get().png.count
            #expect(clean(file, limits: limits { $0.outputBytes = count + 1 }) == clean(file))
            #expect(clean(file, limits: limits { $0.outputBytes = count }) == clean(file))
            for limit in [count - 1, count / 2, 8, 7, 0] {
                #expect(
                    clean(file, limits: limits { $0.outputBytes = limit })
                        == .failure(.tooLarge(.outputBytes, limit: limit, actual: nil)))
            }
        }
        #expect("\(ImageFailure.tooLarge(.outputBytes, limit: 7, actual: nil))" == "The bytes of the picture as PNG are more than 7.")
    }

    @Test func theScansOfAProgressiveJPEGAreLimited() throws {
        let file = JPEG.bytes(picture, isProgressive: true)
        let failure = try #require(clean(file, limits: limits { $0.scans = 0 }).failure)
        guard case .tooLarge(.scans, limit: 0, actual: let count?) = failure else { throw failure }
        #expect(count > 1)
        #expect(clean(file, limits: limits { $0.scans = count + 1 }) == clean(file))
        #expect(clean(file, limits: limits { $0.scans = count }) == clean(file))
        let refused = ImageFailure.tooLarge(.scans, limit: count - 1, actual: count)
        #expect(clean(file, limits: limits { $0.scans = count - 1 }) == .failure(refused))
        #expect("\(refused)" == "The scans of the JPEG picture are more than \(count - 1): \(count).")
        // The last scan over and over.
        let last = try #require(file.indices.last { file[$0...].starts(with: [0xFF, 0xDA]) })
        let bomb = file.prefix(last) + (0..<1_000).flatMap { _ in file[last..<file.count - 2] } + file.suffix(2)
        #expect(clean(Array(bomb)) == .failure(.tooLarge(.scans, limit: 64, actual: count + 999)))
    }

    /// Nothing but a header, so what is refused here is refused before a pixel is looked for.
    @Test func theSizeThatAHeaderSaysIsChecked() {
        for (width, height, failure) in [
            (60_000, 60_000, ImageFailure.tooLarge(.side, limit: 8_192, actual: 60_000)),
            (1, 8_193, .tooLarge(.side, limit: 8_192, actual: 8_193)),
            (8_192, 2_049, .tooLarge(.pixels, limit: 16_777_216, actual: 16_785_408)),
        ] {
            let png = PNG(width: width, height: 1, depth: 1, colour: .grey) { _, _ in [0] }.with {
                $0.height = height
                $0.rows = []
            }
            #expect(clean(png.bytes) == .failure(failure))
            #expect(clean(jpegHeader(width, height)) == .failure(failure))
        }
        #expect(clean(jpegHeader(8_192, 2_048)) == .failure(.damaged(.jpeg)))
        let huge = WebP.file(WebP.extended(flags: 2, width: 60_000, height: 60_000))
        #expect(clean(huge) == .failure(.tooLarge(.side, limit: 8_192, actual: 60_000)))
        let wide = WebP.file(WebP.extended(flags: 2, width: 8_192, height: 2_049))
        #expect(clean(wide) == .failure(.tooLarge(.pixels, limit: 16_777_216, actual: 16_785_408)))
    }

    /// However much is allowed, no more is taken than the libraries can do.
    @Test func noLimitIsAboveWhatTheLibrariesCanDo() {
        let limits = limits { ($0.side, $0.pixels) = (.max, .max) }
        #expect(clean(jpegHeader(16_384, 1), limits: limits) == .failure(.tooLarge(.side, limit: 16_383, actual: 16_384)))
        let failure = ImageFailure.tooLarge(.pixels, limit: 16_777_216, actual: 16_383 * 1_025)
        #expect(clean(jpegHeader(16_383, 1_025), limits: limits) == .failure(failure))
    }

    private func jpegHeader(_ width: Int, _ height: Int) -> [UInt8] {
        let size = [UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF)]
        return [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8] + size + [1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0xFF, 0xD9]
    }

    @Test(.timeLimit(.minutes(1))) func metadataThatUnpacksToMuchIsNotUnpacked() {
        let plain = PNG(picture)
        let bomb = PNG.deflated([UInt8](repeating: 0, count: 64 << 20))
        // Of others no byte is in order, which nobody may notice.
        for packed in [bomb, [UInt8](repeating: 0xFF, count: 1_000)] {
            let file = plain.with {
                $0.before = [PNG.chunk("iCCP", Array("name\0\0".utf8) + packed), PNG.chunk("zTXt", Array("name\0\0".utf8) + packed)]
                $0.after = [PNG.chunk("iTXt", Array("name\0\u{1}\0\0\0".utf8) + packed)]
            }
            #expect(clean(file.bytes).raster == picture)
        }
    }

    @Test(.timeLimit(.minutes(1))) func pixelsBeyondTheLastAreNotUnpacked() {
        let file = PNG(picture).with { $0.rows += [UInt8](repeating: 0, count: 128 << 20) }
        #expect(clean(file.bytes).raster == picture)
    }

    @Test func picturesOfOnePixelAreTaken() {
        let dot = Raster(width: 1, height: 1, bytes: [7, 8, 9, 255])
        #expect(clean(PNG(dot).bytes).raster == dot)
        #expect(clean(WebP.lossless(dot)).raster == dot)
        #expect(clean(JPEG.bytes(dot)).raster?.distance(to: dot) ?? 99 <= 2)
    }

    /// One side is as long as it may be, and so are all pixels together.
    @Test(.timeLimit(.minutes(5))) func picturesAtTheLimitAreTaken() throws {
        let white = [UInt8](repeating: 0xFF, count: 1 + 8_192 / 8)
        let png = PNG(width: 0, height: 0, depth: 1, colour: .grey) { _, _ in [] }.with {
            ($0.width, $0.height) = (8_192, 2_048)
            $0.rows = (0..<2_048).flatMap { _ in [0] + white.dropFirst() }
        }
        let image = try clean(png.bytes, fitting: ImageBox(width: 64, height: 64)).get()
        #expect(ReadPNG(image.png)?.raster == Raster(width: 64, height: 16) { _, _ in [255, 255, 255, 255] })
        // To a single pixel: the scaler's sum over all of them must not overflow.
        let dot = try clean(png.bytes, fitting: ImageBox(width: 1, height: 1)).get()
        #expect(ReadPNG(dot.png)?.raster.bytes == [255, 255, 255, 255])
    }
}
