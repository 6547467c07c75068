import Images
import Testing

/// PNG of every colour type and depth comes out as it was.
struct PNGTests {
    /// Sides that are no multiple of eight, so that bits are left over in rows and passes are of unlike sizes.
    private let width = 13
    private let height = 11

    @Test(arguments: [1, 2, 4, 8, 16], [false, true]) func grey(depth: Int, isInterlaced: Bool) {
        let sample = { (x: Int, y: Int) in (x * 7 + y * 13) * 331 % (1 << depth) }
        let png = PNG(width: width, height: height, depth: depth, colour: .grey, isInterlaced: isInterlaced) { [sample($0, $1)] }
        let expected = Raster(width: width, height: height) { x, y in
            let value = eight(sample(x, y), depth)
            return [value, value, value, 255]
        }
        #expect(clean(png.bytes).raster == expected)
    }

    @Test(arguments: [1, 2, 4, 8], [false, true]) func palette(depth: Int, isInterlaced: Bool) {
        let colours = (0..<1 << depth).map { [UInt8(truncatingIfNeeded: $0 &* 77), UInt8(truncatingIfNeeded: $0 &* 31 &+ 5), UInt8($0)] }
        let index = { (x: Int, y: Int) in (x * 3 + y * 5) % (1 << depth) }
        var png = PNG(width: width, height: height, depth: depth, colour: .palette, isInterlaced: isInterlaced) { [index($0, $1)] }
        png.before = [PNG.chunk("PLTE", colours.flatMap { $0 })]
        #expect(clean(png.bytes).raster == Raster(width: width, height: height) { colours[index($0, $1)] + [255] })
        // Alpha for the first two colours only.
        png.before.append(PNG.chunk("tRNS", [0, 100]))
        let expected = Raster(width: width, height: height) { x, y in
            let index = index(x, y)
            return colours[index] + [index == 0 ? 0 : index == 1 ? 100 : 255]
        }
        #expect(clean(png.bytes).raster == expected)
    }

    @Test(arguments: [8, 16], [false, true]) func colours(depth: Int, isInterlaced: Bool) {
        let scale = depth == 16 ? 257 : 1
        let sample = { (x: Int, y: Int) in [x * 19 * scale, y * 23 * scale, (x + y) * 10 * scale] }
        let alpha = { (x: Int, y: Int) in (255 - x * y) * scale }
        let rgb = PNG(width: width, height: height, depth: depth, colour: .rgb, isInterlaced: isInterlaced, samples: sample)
        let expected = Raster(width: width, height: height) { x, y in sample(x, y).map { eight($0, depth) } + [255] }
        #expect(clean(rgb.bytes).raster == expected)
        let rgba = PNG(width: width, height: height, depth: depth, isInterlaced: isInterlaced) { sample($0, $1) + [alpha($0, $1)] }
        #expect(
            clean(rgba.bytes).raster
                == Raster(width: width, height: height) { x, y in Array(expected[x, y].prefix(3)) + [eight(alpha(x, y), depth)] })
        let greyAlpha = PNG(width: width, height: height, depth: depth, colour: .greyAlpha, isInterlaced: isInterlaced) { x, y in
            [sample(x, y)[2], alpha(x, y)]
        }
        let grey = Raster(width: width, height: height) { x, y in
            let value = expected[x, y][2]
            return [value, value, value, eight(alpha(x, y), depth)]
        }
        #expect(clean(greyAlpha.bytes).raster == grey)
    }

    @Test func aColourCanStandForTransparent() {
        let grey = PNG(width: 3, height: 1, colour: .grey) { x, _ in [x * 10] }.with { $0.before = [PNG.chunk("tRNS", [0, 10])] }
        #expect(clean(grey.bytes).raster?.bytes == [0, 0, 0, 255, 10, 10, 10, 0, 20, 20, 20, 255])
        let rgb = PNG(width: 2, height: 1, colour: .rgb) { x, _ in [x, 2, 3] }.with { $0.before = [PNG.chunk("tRNS", [0, 1, 0, 2, 0, 3])] }
        #expect(clean(rgb.bytes).raster?.bytes == [0, 2, 3, 255, 1, 2, 3, 0])
    }

    @Test func theDefaultImageOfAnAnimationIsTaken() {
        let plain = PNG(.gradient(width: 9, height: 7))
        let animated = plain.with {
            $0.before = [PNG.chunk("acTL", PNG.number(2) + PNG.number(0))]
            let frame = PNG.number(0) + PNG.number(9) + PNG.number(7) + PNG.number(0) + PNG.number(0) + [0, 1, 0, 1, 0, 0]
            $0.after = [PNG.chunk("fcTL", frame), PNG.chunk("fdAT", PNG.number(1) + PNG.deflated([UInt8](repeating: 9, count: 7 * 37)))]
        }
        #expect(clean(animated.bytes) == clean(plain.bytes))
        #expect(clean(animated.bytes).raster == .gradient(width: 9, height: 7))
    }

    @Test func pixelsMayComeInManyChunks() {
        let png = PNG(.gradient(width: 9, height: 7))
        let pieces = PNG.deflated(png.rows).map { PNG.chunk("IDAT", [$0]) + PNG.chunk("IDAT", []) }
        let file = PNG.signature + png.header + pieces.joined() + PNG.chunk("IEND", [])
        #expect(clean(file).raster == .gradient(width: 9, height: 7))
    }

    private func eight(_ sample: Int, _ depth: Int) -> UInt8 {
        depth == 16 ? UInt8(sample >> 8) : UInt8(sample * 255 / (1 << depth - 1))
    }
}
