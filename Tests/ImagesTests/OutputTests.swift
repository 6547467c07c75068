import Images
import Testing

/// What comes out is a PNG with pixels alone, and always the same.
struct OutputTests {
    private let opaque = Raster.gradient(width: 40, height: 30)
    private let transparent = Raster.gradient(width: 40, height: 30) { x, y in UInt8(x + y) }

    @Test func thereIsAlphaOnlyWhereItIsNeeded() throws {
        for file in [PNG(opaque).bytes, JPEG.bytes(opaque), WebP.lossless(opaque), WebP.lossy(opaque)] {
            #expect(ReadPNG(try clean(file).get().png)?.hasAlpha == false)
        }
        for file in [PNG(transparent).bytes, WebP.lossless(transparent), WebP.lossy(transparent)] {
            #expect(ReadPNG(try clean(file).get().png)?.hasAlpha == true)
        }
        // One pixel is enough, and the last one too.
        let almost = Raster.gradient(width: 40, height: 30) { x, y in x == 39 && y == 29 ? 254 : 255 }
        #expect(ReadPNG(try clean(PNG(almost).bytes).get().png)?.hasAlpha == true)
    }

    @Test func nothingButPixelsComesOut() throws {
        let secret = Array("52.5163 N, 13.3777 E".utf8)
        let png = PNG(opaque).with {
            $0.before = [
                PNG.chunk("gAMA", PNG.number(45_455)), PNG.chunk("tEXt", Array("Comment\0".utf8) + secret),
                PNG.chunk("eXIf", Array("MM".utf8) + secret),
                PNG.chunk("pHYs", PNG.number(1) + PNG.number(1) + [1]),
            ]
            $0.after = [PNG.chunk("tIME", [7, 230, 1, 1, 1, 1, 1]), PNG.chunk("priv", secret)]
        }
        let plain = JPEG.bytes(opaque)
        let jpeg = JPEG.adding(marker: 0xFE, secret, to: JPEG.adding(marker: 0xE1, JPEG.exif(orientation: 1) + secret, to: plain))
        let picture = Array(WebP.lossless(opaque).dropFirst(12))
        let extended = WebP.extended(flags: 0x2C, width: 40, height: 30)
        let webp = WebP.file(
            extended + WebP.chunk("ICCP", secret) + picture + WebP.chunk("EXIF", secret) + WebP.chunk("XMP ", secret))
        for (file, bare) in [(png.bytes, PNG(opaque).bytes), (jpeg, plain), (webp, WebP.lossless(opaque))] {
            let image = try clean(file).get()
            #expect(clean(bare) == .success(image))
            let types = try #require(ReadPNG(image.png)).chunks.map(\.type)
            #expect(Set(types) == ["IHDR", "IDAT", "IEND"])
            #expect(!image.png.indices.contains { image.png[$0...].starts(with: secret) })
        }
    }

    @Test func theSizeIsThatOfThePNG() throws {
        let image = try clean(PNG(transparent).bytes, fitting: ImageBox(width: 13, height: 13)).get()
        let raster = try #require(ReadPNG(image.png)?.raster)
        #expect(image.width == 13 && image.height == 10 && raster.width == 13 && raster.height == 10)
    }

    @Test func whatIsCleanStaysAsItIs() throws {
        for file in [PNG(transparent).bytes, JPEG.bytes(opaque), WebP.lossy(transparent)] {
            let image = try clean(file, fitting: ImageBox(width: 20, height: 20)).get()
            #expect(clean(image.png) == .success(image))
        }
    }

    @Test func severalThreadsMakeTheSame() async {
        let files = DamageTests.files.map(\.bytes)
        let box = ImageBox(width: 7, height: 7)
        let expected = files.map { clean($0, fitting: box) }
        #expect(expected.allSatisfy { $0.raster != nil })
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { (0..<25).map { _ in files.map { clean($0, fitting: box) } } }
            }
            for await outcomes in group {
                for outcome in outcomes { #expect(outcome == expected) }
            }
        }
    }
}
