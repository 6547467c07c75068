import CTurboJPEG
import Images
import Testing

/// JPEG of the kinds that people have comes out as it was, but for what its compression changes.
struct JPEGTests {
    private let picture = Raster.gradient(width: 45, height: 35)

    @Test(arguments: [TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411], [false, true])
    func colours(sampling: TJSAMP, isProgressive: Bool) throws {
        let file = JPEG.bytes(picture, sampling: sampling, isProgressive: isProgressive)
        let distance = try #require(clean(file).raster?.distance(to: picture))
        #expect(distance <= (sampling == TJSAMP_444 ? 3 : 16))
    }

    @Test func grey() throws {
        let grey = Raster(width: 45, height: 35) { x, y in
            let value = UInt8(x * 3 + y * 2)
            return [value, value, value, 255]
        }
        for isProgressive in [false, true] {
            let file = JPEG.bytes(grey, sampling: TJSAMP_GRAY, isProgressive: isProgressive)
            let distance = try #require(clean(file).raster?.distance(to: grey))
            #expect(distance <= 1)
        }
    }

    /// Samples say what the ink leaves of the light.
    @Test func inkBecomesLight() throws {
        let ink = Raster(width: 16, height: 16) { x, _ in x < 8 ? [200, 200, 200, 255] : [100, 100, 100, 51] }
        let file = JPEG.bytes(ink, format: TJPF_CMYK)
        let light = { (x: Int, y: Int) -> [UInt8] in x < 8 ? [200, 200, 200, 255] : [20, 20, 20, 255] }
        let distance = try #require(clean(file).raster?.distance(to: Raster(width: 16, height: 16, pixel: light)))
        #expect(distance <= 2)

        // Said to be CMYK: the first component is then the cyan, and those of colour, which are at rest, magenta and yellow.
        let adobe = try #require(file.indices.first { file[$0...].starts(with: "Adobe".utf8) })
        var plain = file
        #expect(plain[adobe + 11] == 2)
        plain[adobe + 11] = 0
        let raster = try #require(clean(plain).raster)
        #expect(
            Raster(width: 1, height: 1, bytes: raster[2, 8]).distance(to: Raster(width: 1, height: 1, bytes: [55, 128, 128, 255])) ?? 9 <= 2
        )
    }

    /// Sampled in a way that TurboJPEG has no name for: one of the colours twice as finely as the rest.
    @Test func anUnusualSamplingIsRead() throws {
        let grey = Raster(width: 16, height: 16) { _, _ in [128, 128, 128, 255] }
        var file = JPEG.bytes(grey, sampling: TJSAMP_444)
        let frame = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xC0]) })
        #expect(file[frame + 11] == 0x11 && file[frame + 17] == 0x11)
        file[frame + 17] = 0x21
        // Two groups of four blocks, in the code words of T.81, annex K.3, for "no change, and nothing more".
        let scan = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDA]) })
        file.replaceSubrange((scan + 14)..<(file.count - 2), with: [0x28, 0x00, 0x0A, 0x00, 0x0F])
        #expect(clean(file).raster == grey)
    }
}
