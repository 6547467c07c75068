import TestSupport
import Testing

@testable import Images

/// Larger pictures are scaled down into the box, and nothing else happens to them.
struct ScalingTests {
    @Test(arguments: [
        ((100, 100), (50, 50), (50, 50)), ((100, 50), (50, 50), (50, 25)), ((50, 100), (50, 50), (25, 50)),
        ((30, 20), (30, 20), (30, 20)), ((30, 20), (100, 100), (30, 20)), ((30, 20), (29, 100), (29, 19)),
        ((30, 20), (100, 19), (29, 19)), ((1_000, 1), (10, 10), (10, 1)), ((1, 1_000), (10, 10), (1, 10)),
        ((8_192, 2_048), (256, 256), (256, 64)), ((1, 1), (1, 1), (1, 1)), ((30, 20), (.max, 10), (15, 10)), ((30, 20), (0, -5), (1, 1)),
    ])
    func theShapeIsKept(picture: (Int, Int), box: (Int, Int), expected: (Int, Int)) {
        let size = ImageBox(width: box.0, height: box.1).size(ofWidth: picture.0, height: picture.1)
        #expect(size == expected)
    }

    @Test func theSizeIsNeverBeyondTheBoxOrThePicture() {
        var numbers = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let side = { (numbers: inout SeededGenerator) in
                Int.random(in: 1...(1 << Int.random(in: 1...13, using: &numbers)), using: &numbers)
            }
            let (width, height, box) = (side(&numbers), side(&numbers), ImageBox(width: side(&numbers), height: side(&numbers)))
            let size = box.size(ofWidth: width, height: height)
            #expect((1...min(width, box.width)).contains(size.width) && (1...min(height, box.height)).contains(size.height))
            #expect(size.width == min(width, box.width) || size.height == min(height, box.height))
            // The same shape, to the nearest pixel.
            let skew = size.width * height - size.height * width
            #expect(abs(skew) <= max(width, height) / 2 + 1 || size.width == 1 || size.height == 1)
        }
    }

    @Test func whatFitsIsNotChanged() {
        let picture = Raster.gradient(width: 7, height: 5) { x, y in UInt8(x * y) }
        let outcome = clean(PNG(picture).bytes, fitting: ImageBox(width: 7, height: 5))
        #expect(outcome.raster == picture)
        #expect(clean(PNG(picture).bytes, fitting: ImageBox(width: 700, height: 500)) == outcome)
    }

    @Test func everyPixelIsTheMeanOfThoseItStandsFor() throws {
        let picture = Raster(width: 40, height: 20) { x, y in
            // Of each four pixels one is white.
            let value: UInt8 = x.isMultiple(of: 2) && y.isMultiple(of: 2) ? 255 : 0
            return [value, UInt8(x / 20 * 200), 50, 255]
        }
        let image = try clean(PNG(picture).bytes, fitting: ImageBox(width: 20, height: 20)).get()
        #expect(image.width == 20 && image.height == 10)
        let scaled = try #require(ReadPNG(image.png)?.raster)
        let expected = Raster(width: 20, height: 10) { x, _ in [64, x < 10 ? 0 : 200, 50, 255] }
        #expect(try #require(scaled.distance(to: expected)) <= 1)
    }

    /// The green that a transparent pixel hides, or black, would show at the edge of the red.
    @Test(arguments: [[0, 255, 0, 0], [0, 0, 0, 0]] as [[UInt8]]) func edgesKeepTheirColour(hidden: [UInt8]) throws {
        let picture = Raster(width: 30, height: 30) { x, _ in x < 16 ? [255, 0, 0, 255] : hidden }
        let scaled = try #require(clean(PNG(picture).bytes, fitting: ImageBox(width: 10, height: 10)).raster)
        for y in 0..<10 {
            #expect(scaled[4, y] == [255, 0, 0, 255] && scaled[6, y][3] == 0)
            #expect((84...86).contains(scaled[5, y][3]) && scaled[5, y].prefix(3) == [255, 0, 0])
        }
    }

    @Test func whatIsOpaqueStaysOpaqueAndWhatIsFlatStaysFlat() throws {
        var numbers = SeededGenerator(seed: 2)
        for _ in 0..<1_000 {
            let (width, height) = (Int.random(in: 1...90, using: &numbers), Int.random(in: 1...90, using: &numbers))
            let (newWidth, newHeight) = (Int.random(in: 1...width, using: &numbers), Int.random(in: 1...height, using: &numbers))
            let colour = [UInt8](numbers.bytes(count: 3)) + [255]
            var pixels = Pixels(width: width, height: height, bytes: (0..<width * height).flatMap { _ in colour })
            try pixels.scale(toWidth: newWidth, height: newHeight)
            #expect(pixels.isOpaque, "\(width)x\(height) to \(newWidth)x\(newHeight)")
            let expected = Raster(width: newWidth, height: newHeight) { _, _ in colour }
            let distance = Raster(width: pixels.width, height: pixels.height, bytes: pixels.bytes).distance(to: expected)
            #expect(try #require(distance) <= 1, "\(width)x\(height) to \(newWidth)x\(newHeight)")
        }
    }
}
