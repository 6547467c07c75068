import Community
import ProfileArchive
import Testing

/// Archives that are broken, or that lie.
struct DamageTests {
    private let nest = Outcome.taken(ProfileManifest(name: "Nest", mods: []))
    private let manifest = ZIPEntry("export.r2x", smallManifest)

    @Test func everyTruncationIsRefused() {
        let archive = ZIPWriter(entries: [manifest, ZIPEntry("config/a.cfg", "a = 1")], comment: Array("comment".utf8)).bytes
        #expect(read(archive) == nest)
        for length in 0..<archive.count {
            #expect(read(Array(archive.prefix(length))).message?.hasPrefix("Invalid ZIP archive: ") == true, "\(length)")
        }
    }

    @Test func everyFlippedByteIsTakenOrRefused() {
        let archive = ZIPWriter(entries: [manifest, ZIPEntry("config/a.cfg", "a = 1", isDeflated: false)]).bytes
        for position in archive.indices {
            for bits in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = archive
                damaged[position] ^= bits
                let outcome = read(damaged)
                #expect(outcome == nest || outcome.message?.isEmpty == false, "\(position)")
            }
        }
    }

    @Test func whatStandsBeforeTheArchiveMustBeCounted() {
        let archive = ZIPWriter(entries: [manifest])
        #expect(read(Array("garbage".utf8) + archive.bytes) == .refused("Invalid ZIP archive: it has no central directory"))
        var counted = archive
        counted.start = Array("garbage".utf8)
        #expect(read(counted.bytes) == nest)
    }

    @Test func whatStandsBehindTheArchiveIsPassedOver() {
        let archive = ZIPWriter(entries: [manifest]).bytes
        #expect(read(archive + Array("garbage".utf8)) == nest)
        #expect(read(archive + [UInt8](repeating: 0, count: 65_000)) == nest)
        #expect(
            read(archive + [UInt8](repeating: 0, count: 66_000)) == .refused("Invalid ZIP archive: it has no central directory"))
    }

    @Test func commentsOfEveryLengthAreRead() {
        for length in [1, 22, 65_535] {
            #expect(read(ZIPWriter(entries: [manifest], comment: [UInt8](repeating: 0x50, count: length)).bytes) == nest)
        }
    }

    @Test func aCommentThatIsCutOffIsRefused() {
        let archive = ZIPWriter(entries: [manifest], comment: Array("comment".utf8)).bytes
        #expect(read(Array(archive.dropLast())) == .refused("Invalid ZIP archive: it is cut off in its comment"))
        // Some programs would take this end, and others the one before it.
        var second = ZIPWriter(entries: [manifest], comment: Array("comment".utf8))
        second.start = archive
        #expect(read(Array(second.bytes.dropLast())) == .refused("Invalid ZIP archive: it has two central directories"))
    }

    @Test func aDirectoryThatReachesIntoItsEndIsNone() {
        for field in [12, 16] {
            var archive = ZIPWriter(entries: [manifest]).bytes
            archive[archive.count - 22 + field] += 1
            #expect(read(archive) == .refused("Invalid ZIP archive: it has no central directory"))
        }
    }

    /// Programs differ in which of them they believe.
    @Test func twoDirectoriesAreRefused() {
        let hidden = ZIPWriter(entries: [ZIPEntry("export.r2x", "profileName: Other\nmods: []\n")]).bytes
        var archive = ZIPWriter(entries: [manifest])
        archive.start = hidden
        #expect(read(archive.bytes) == .refused("Invalid ZIP archive: it has two central directories"))
        // One that is the content of an entry counts its offsets from there, so that it is none here.
        let nested = ZIPEntry("nested.zip", ZIPWriter(entries: [ZIPEntry("a", "b")]).bytes, isDeflated: false)
        #expect(read([nested]) == nest)
    }

    @Test func theNumberOfEntriesMustBeTrue() {
        for count in [0, 2, 65_535, 65_537] as [UInt64] {
            let archive = ZIPWriter(entries: [manifest], count: count).bytes
            let said = count == 65_537 ? nest : .refused("Invalid ZIP archive: its central directory has 1 entries and says otherwise")
            #expect(read(archive) == said)
        }
        for count in [0, 2, 1 << 40, .max] as [UInt64] {
            #expect(
                read(ZIPWriter(entries: [manifest], count: count, isLarge: true).bytes)
                    == .refused("Invalid ZIP archive: its central directory has 1 entries and says otherwise"))
        }
    }

    @Test func aDamagedDirectoryIsRefused() {
        let archive = ZIPWriter(entries: [manifest, ZIPEntry("a", "")]).bytes
        var damaged = archive
        // The length of the last name.
        damaged[archive.count - 22 - 47 + 28] = 2
        #expect(read(damaged) == .refused("Invalid ZIP archive: its central directory is damaged"))
        damaged = archive
        damaged[archive.count - 22 - 47] = 0
        #expect(read(damaged) == .refused("Invalid ZIP archive: its central directory is damaged"))
    }

    @Test func descriptorsAreRead() {
        #expect(read(ZIPWriter(entries: [manifest.with { $0.hasDescriptor = true }]).bytes) == nest)
    }

    @Test func largeArchivesAreRead() {
        #expect(read(ZIPWriter(entries: [manifest.with { $0.isLarge = true }], isLarge: true).bytes) == nest)
        #expect(read(ZIPWriter(entries: [manifest.with { $0.isLarge = true }]).bytes) == nest)
        #expect(read(ZIPWriter(entries: [manifest], isLarge: true).bytes) == nest)
    }

    @Test func aWrongChecksumIsRefused() {
        let archive = ZIPWriter(entries: [manifest.with { $0.checksum ^= 1 }]).bytes
        #expect(read(archive) == .refused("Invalid ZIP archive: export.r2x: CRC error"))
    }

    @Test func contentThatIsNotDeflatedIsRefused() {
        let archive = ZIPWriter(entries: [manifest.with { $0.packed = [UInt8](repeating: 0xFF, count: $0.packed.count) }]).bytes
        #expect(read(archive).message?.hasPrefix("Invalid ZIP archive: export.r2x: ") == true)
    }

    @Test func contentThatEndsTooEarlyIsRefused() {
        let short = manifest.with {
            $0.packed.removeLast(4)
            $0.packedSize -= 4
        }
        #expect(read(ZIPWriter(entries: [short]).bytes).message?.hasPrefix("Invalid ZIP archive: export.r2x: ") == true)
    }

    @Test func anEntryThatIsNotThereIsRefused() {
        let lost = manifest.with { $0.borrowedOffset = 1_000_000 }
        #expect(read(ZIPWriter(entries: [ZIPEntry("a", ""), lost]).bytes).message?.hasPrefix("Invalid ZIP archive: export.r2x: ") == true)
    }
}
