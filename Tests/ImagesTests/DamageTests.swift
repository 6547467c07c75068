import Images
import TestSupport
import Testing

/// Pictures that are cut off, that were changed on the way, or that are something else.
struct DamageTests {
    private static let picture = Raster.gradient(width: 12, height: 10) { x, y in UInt8(255 - x * y) }
    private static let small = Raster(width: 4, height: 4) { _, _ in [1, 2, 3, 255] }
    /// Of each kind one, with its format.
    static let files: [(name: String, format: ImageFormat, bytes: [UInt8])] = [
        ("PNG", .png, PNG(picture).bytes),
        (
            "palette", .png,
            PNG(width: 9, height: 9, depth: 2, colour: .palette, isInterlaced: true) { x, y in [(x + y) % 4] }
                .with { $0.before = [PNG.chunk("PLTE", Array(0..<12)), PNG.chunk("tRNS", [0, 128])] }.bytes
        ),
        ("JPEG", .jpeg, JPEG.adding(marker: 0xE1, JPEG.exif(orientation: 6), to: JPEG.bytes(picture))),
        ("progressive", .jpeg, JPEG.bytes(picture, isProgressive: true)),
        ("lossless", .webp, WebP.lossless(picture)), ("lossy", .webp, WebP.lossy(picture)),
        ("animation", .webp, WebP.animated(width: 12, height: 10, [.init(raster: picture), .init(raster: small, x: 2, y: 2)])),
    ]

    /// No half picture is taken.
    @Test(arguments: files.indices) func everyTruncationIsRefusedOrChangesNothing(index: Int) throws {
        let (name, format, bytes) = Self.files[index]
        let whole = try clean(bytes).get()
        for length in 0..<bytes.count {
            let outcome = clean(Array(bytes.prefix(length)))
            let isSame = outcome == .success(whole)
            let isUnknown = length < 12 && outcome == .failure(.unknownFormat)
            #expect(isSame || isUnknown || outcome == .failure(.damaged(format)), "\(name), \(length): \(outcome)")
            #expect(!isSame || length > bytes.count - 16, "\(name), \(length) of \(bytes.count) are enough")
        }
    }

    /// What is cut off, and closed as if it were not.
    @Test(arguments: [2, 3]) func aJPEGThatIsClosedTooEarlyIsRefusedOrChangesNothing(index: Int) throws {
        let bytes = Self.files[index].bytes
        let whole = try clean(bytes).get()
        let scan = try #require(bytes.indices.last { bytes[$0...].starts(with: [0xFF, 0xDA]) })
        for length in scan + 10..<bytes.count - 2 {
            let outcome = clean(bytes.prefix(length) + [0xFF, 0xD9])
            #expect(outcome == .failure(.damaged(.jpeg)) || outcome == .success(whole) && length > bytes.count - 8, "\(length)")
        }
    }

    /// Every chunk that is needed has a checksum. Only with another name the transparency may be one that nobody needs.
    @Test(arguments: [0, 1]) func everyChangedBitOfAPNGIsNoticed(index: Int) {
        let bytes = Self.files[index].bytes
        let name = bytes.indices.first { bytes[$0...].starts(with: "tRNS".utf8) }
        #expect((name != nil) == (index == 1))
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                guard case .success(let image) = clean(changed) else { continue }
                let isRenamed = name.map { ($0..<$0 + 4).contains(position) } ?? false
                #expect(isRenamed && ReadPNG(image.png)?.hasAlpha == false, "\(position), \(bit)")
            }
        }
    }

    @Test(arguments: files.indices) func whateverIsChangedThereIsAPictureOrARefusal(index: Int) {
        let (name, format, bytes) = Self.files[index]
        var numbers = SeededGenerator(seed: UInt64(index))
        var limits = ImageLimits.standard
        limits.side = 64
        var taken = 0
        for round in 0..<1_500 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                changed[Int.random(in: bytes.indices, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            }
            switch clean(changed, limits: limits) {
            case .success(let image):
                taken += 1
                #expect(ReadPNG(image.png)?.raster.width == image.width && image.width <= 64 && image.height <= 64, "\(name), \(round)")
            case .failure(.unknownFormat): #expect(changed.prefix(12) != bytes.prefix(12), "\(name), \(round)")
            case .failure(.damaged(let found)): #expect(found == format, "\(name), \(round)")
            case .failure(.tooLarge(let measure, _, _)): #expect(measure == .side || measure == .scans, "\(name), \(round)")
            case .failure(.outOfMemory): Issue.record("\(name), \(round): out of memory")
            }
        }
        // Without checksums some changes are only other pixels.
        #expect(format == .png || taken > 0)
    }

    /// A file can be a picture and something else; only the picture comes out.
    @Test(arguments: files.indices) func whatStandsBehindThePictureIsDropped(index: Int) throws {
        let (name, _, bytes) = Self.files[index]
        let whole = clean(bytes)
        #expect(whole.raster != nil)
        for tail in [
            "<script>alert(1)</script>", "PK\u{5}\u{6}" + String(repeating: "\0", count: 18), String(repeating: "tail", count: 30_000),
        ] {
            #expect(clean(bytes + Array(tail.utf8)) == whole, "\(name)")
        }
    }

    @Test(arguments: [
        "", "P", "GIF89a\u{1}\0\u{1}\0\0\0\0;", "BM", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<!doctype html>", "%PDF-1.7",
        "RIFF\0\0\0\0WAVE",
        "II*\0\u{8}\0\0\0", "\0\0\0\u{20}ftypavif",
    ])
    func otherFormatsAreRefused(text: String) {
        #expect(clean(Array(text.utf8)) == .failure(.unknownFormat))
        #expect("\(ImageFailure.unknownFormat)" == "This is no picture in PNG, JPEG or WebP.")
    }

    @Test func aFormatIsToldByItsFirstBytesAlone() {
        #expect(clean(PNG.signature) == .failure(.damaged(.png)))
        #expect(clean([0xFF, 0xD8, 0xFF]) == .failure(.damaged(.jpeg)))
        #expect(clean(Array("RIFF\0\0\0\0WEBP".utf8)) == .failure(.damaged(.webp)))
        #expect("\(ImageFailure.damaged(.webp))" == "The WebP picture is damaged, or of a kind that is not read.")
    }

    @Test func aPNGWithoutWhatItNeedsIsRefused() {
        let png = PNG(Self.picture)
        let pixels = PNG.chunk("IDAT", PNG.deflated(png.rows))
        let end = PNG.chunk("IEND", [])
        #expect(clean(PNG.signature + png.header + pixels + end).raster == Self.picture)
        let damaged: [[UInt8]] = [
            png.header + end, pixels + end, end, png.header + pixels, png.header + png.header + pixels + end,
            png.header + PNG.chunk("ABCD", []) + pixels + end, png.header + PNG.chunk("IDAT", PNG.deflated(png.rows.dropLast())) + end,
            png.header + PNG.chunk("IDAT", PNG.deflated([9] + png.rows.dropFirst())) + end,
        ]
        for (index, chunks) in damaged.enumerated() { #expect(clean(PNG.signature + chunks) == .failure(.damaged(.png)), "\(index)") }
    }
}
