import Images
import Testing

/// WebP of all kinds comes out as it was, and of an animation the first frame.
struct WebPTests {
    private let picture = Raster.gradient(width: 45, height: 35)
    /// What is wholly transparent has no colour that a writer must keep.
    private let transparent = Raster.gradient(width: 45, height: 35) { x, _ in UInt8(1 + x * 5) }

    @Test func lossless() {
        #expect(clean(WebP.lossless(picture)).raster == picture)
        #expect(clean(WebP.lossless(transparent)).raster == transparent)
    }

    @Test func lossy() throws {
        let distance = try #require(clean(WebP.lossy(picture)).raster?.distance(to: picture))
        #expect(distance <= 24)
        let raster = try #require(clean(WebP.lossy(transparent)).raster)
        for y in 0..<35 { for x in 0..<45 { #expect(raster[x, y][3] == transparent[x, y][3]) } }
        #expect(try #require(raster.distance(to: transparent)) <= 40)
    }

    @Test func ofAnAnimationTheFirstFrameIsTaken() {
        let red = Raster(width: 6, height: 4) { _, _ in [255, 0, 0, 255] }
        let blue = Raster(width: 10, height: 8) { _, _ in [0, 0, 255, 255] }
        let file = WebP.animated(width: 10, height: 8, [.init(raster: red, x: 2, y: 4), .init(raster: blue)])
        // What the frame leaves of the canvas is transparent.
        let expected = Raster(width: 10, height: 8) { x, y in (2..<8).contains(x) && y >= 4 ? [255, 0, 0, 255] : [0, 0, 0, 0] }
        #expect(clean(file).raster == expected)
        #expect(clean(WebP.animated(width: 10, height: 8, [.init(raster: blue), .init(raster: red)])).raster == blue)
    }

    @Test func aFrameBeyondTheCanvasIsRefused() {
        let red = Raster(width: 6, height: 4) { _, _ in [255, 0, 0, 255] }
        #expect(clean(WebP.animated(width: 6, height: 4, [.init(raster: red)])).raster == red)
        for (x, y) in [(2, 0), (0, 2), (1_000, 1_000)] {
            #expect(clean(WebP.animated(width: 6, height: 4, [.init(raster: red, x: x, y: y)])) == .failure(.damaged(.webp)))
        }
        #expect(clean(WebP.animated(width: 6, height: 4, [])) == .failure(.damaged(.webp)))
    }

    /// Whether libwebp takes such a frame depends on its version.
    @Test func aFrameIsAsLargeAsItsPictureWhateverItSays() throws {
        let red = Raster(width: 6, height: 4) { _, _ in [255, 0, 0, 255] }
        let file = WebP.animated(width: 20, height: 20, [.init(raster: red)])
        let expected = Raster(width: 20, height: 20) { x, y in x < 6 && y < 4 ? [255, 0, 0, 255] : [0, 0, 0, 0] }
        #expect(clean(file).raster == expected)
        let frame = try #require(file.indices.first { file[$0...].starts(with: "ANMF".utf8) })
        #expect(file[frame + 14] == 5)
        for width in [0, 6, 200] as [UInt8] {
            var wrong = file
            wrong[frame + 14] = width
            #expect(clean(wrong) == clean(file) || clean(wrong) == .failure(.damaged(.webp)), "\(width)")
        }
    }
}
