import Images
import Testing

/// Exif 3.0, tag 0x0112: how a camera was held is applied before it is forgotten.
struct OrientationTests {
    /// The stored picture has the rows ABC and DEF; for each orientation what is to be seen.
    private static let shown = ["ABC DEF", "CBA FED", "FED CBA", "DEF ABC", "AD BE CF", "DA EB FC", "FC EB DA", "CF BE AD"]
    private static let colours: [Character: [UInt8]] = [
        "A": [255, 0, 0, 255], "B": [0, 255, 0, 255], "C": [0, 0, 255, 255], "D": [255, 255, 0, 255], "E": [0, 255, 255, 255],
        "F": [255, 255, 255, 255],
    ]
    private let stored = JPEG.bytes(Self.picture("ABC DEF"))

    /// Each letter is a square of eight pixels.
    private static func picture(_ rows: String) -> Raster {
        let rows = rows.split(separator: " ").map(Array.init)
        return Raster(width: rows[0].count * 8, height: rows.count * 8) { x, y in colours[rows[y / 8][x / 8]] ?? [] }
    }

    private func distance(_ file: [UInt8], _ rows: String) -> Int {
        clean(file).raster?.distance(to: Self.picture(rows)) ?? .max
    }

    @Test(arguments: 1...8, [false, true]) func everyOrientationIsApplied(orientation: Int, isBigEndian: Bool) {
        let exif = JPEG.exif(orientation: UInt16(orientation), isBigEndian: isBigEndian)
        #expect(distance(JPEG.adding(marker: 0xE1, exif, to: stored), Self.shown[orientation - 1]) <= 4)
    }

    @Test func theBoxIsForWhatIsShown() throws {
        let file = JPEG.adding(marker: 0xE1, JPEG.exif(orientation: 6), to: stored)
        let image = try clean(file, fitting: ImageBox(width: 8, height: 100)).get()
        #expect(image.width == 8 && image.height == 12)
        let raster = try #require(ReadPNG(image.png)?.raster)
        #expect(
            Raster(width: 1, height: 1, bytes: raster[1, 1]).distance(to: Raster(width: 1, height: 1, bytes: [255, 255, 0, 255])) ?? 99 <= 4
        )
    }

    @Test func whatIsNoOrientationIsPassedOver() {
        for orientation in [0, 9, 256, 0xFFFF] as [UInt16] {
            #expect(distance(JPEG.adding(marker: 0xE1, JPEG.exif(orientation: orientation), to: stored), "ABC DEF") <= 4)
        }
        let exif = JPEG.exif(orientation: 6)
        // Another kind of segment, another marker, and one that is cut off anywhere.
        #expect(distance(JPEG.adding(marker: 0xE1, Array("http".utf8) + exif.dropFirst(4), to: stored), "ABC DEF") <= 4)
        #expect(distance(JPEG.adding(marker: 0xE2, exif, to: stored), "ABC DEF") <= 4)
        for length in 0..<26 { #expect(distance(JPEG.adding(marker: 0xE1, Array(exif.prefix(length)), to: stored), "ABC DEF") <= 4) }
        #expect(distance(JPEG.adding(marker: 0xE1, exif, to: stored), "DA EB FC") <= 4)
    }

    /// The field is said to be of another type, to have more values, or the directory to be elsewhere.
    @Test(arguments: [(6, 0x4E), (7, 0x49), (8, 1), (10, 0xFF), (13, 9), (15, 0), (16, 2), (19, 4), (23, 2)])
    func aFieldThatIsNotInOrderIsPassedOver(position: Int, value: Int) {
        var exif = JPEG.exif(orientation: 6)
        exif[position] = UInt8(value)
        #expect(distance(JPEG.adding(marker: 0xE1, exif, to: stored), "ABC DEF") <= 4)
    }

    @Test func theFirstExifSegmentCounts() {
        let file = JPEG.adding(marker: 0xE1, JPEG.exif(orientation: 3), to: stored)
        let text = JPEG.adding(marker: 0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8), to: file)
        #expect(distance(text, "FED CBA") <= 4)
        #expect(distance(JPEG.adding(marker: 0xE1, JPEG.exif(orientation: 8), to: file), "CF BE AD") <= 4)
    }

    @Test func otherFieldsMayStandBefore() {
        let exif = JPEG.exif(orientation: 6)
        let other: [UInt8] = [0x01, 0x0F, 0, 2, 0, 0, 0, 4, 0x61, 0x62, 0x63, 0]
        var longer = Array(exif.prefix(14)) + [0, 2] + other + exif.dropFirst(16)
        #expect(distance(JPEG.adding(marker: 0xE1, longer, to: stored), "DA EB FC") <= 4)
        // As many as can be said, and not so many there.
        longer.replaceSubrange(14..<16, with: [0xFF, 0xFF])
        #expect(distance(JPEG.adding(marker: 0xE1, longer, to: stored), "DA EB FC") <= 4)
    }
}
