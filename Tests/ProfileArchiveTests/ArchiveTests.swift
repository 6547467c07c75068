import Community
import ProfileArchive
import Testing

/// contracts/gale.md 8.1: what an archive must be.
struct ArchiveTests {
    private let nest = Outcome.taken(ProfileManifest(name: "Nest", mods: []))

    @Test func bothMethodsAreRead() {
        for isDeflated in [false, true] {
            #expect(read(ZIPWriter(entries: [ZIPEntry("export.r2x", smallManifest, isDeflated: isDeflated)]).bytes) == nest)
        }
    }

    @Test func theManifestMayStandAnywhere() {
        let entries = [
            ZIPEntry("config/", ""), ZIPEntry("config/a.cfg", "a = 1"), ZIPEntry("export.r2x", smallManifest),
            ZIPEntry("BepInEx/config/b..c.cfg", ""), ZIPEntry("mods.yml", "[]"),
        ]
        #expect(read(ZIPWriter(entries: entries).bytes) == nest)
    }

    /// Names that other programs give files, in encodings of their own.
    @Test func otherNamesAreNoOnesBusiness() {
        let latin = ZIPEntry("x", "").with { $0.name = [0x63, 0x6F, 0x6E, 0xFC, 0x2E] }
        #expect(read([latin, ZIPEntry("config\\a.cfg", ""), ZIPEntry("a//b", ""), ZIPEntry("./a", ""), ZIPEntry("ä:b", "")]) == nest)
    }

    @Test(arguments: ["Export.r2x", "EXPORT.R2X", "export.r2x/", "profile/export.r2x", "./export.r2x", "export.r2x ", "export.r2"])
    func theNameIsExact(_ name: String) {
        #expect(
            read(ZIPWriter(entries: [ZIPEntry(name, smallManifest)]).bytes) == .refused("Invalid ZIP archive: export.r2x is missing"))
        #expect(read([ZIPEntry(name, "other")]) == nest)
    }

    @Test func withoutEntriesTheManifestIsMissing() {
        #expect(read(ZIPWriter().bytes) == .refused("Invalid ZIP archive: export.r2x is missing"))
    }

    @Test func aSecondManifestIsRefused() {
        #expect(read([ZIPEntry("export.r2x", smallManifest)]) == .refused("Invalid ZIP archive: export.r2x is in it 2 times"))
        // Other entries may stand there twice: what of it is used is not settled here.
        #expect(read([ZIPEntry("a", "1"), ZIPEntry("a", "2")]) == nest)
    }

    @Test(
        arguments: [
            ("", "is empty"), ("/etc/passwd", "is an absolute path"), ("\\a", "is an absolute path"),
            ("\\\\host\\share", "is an absolute path"),
            ("C:\\a", "begins with a drive letter"), ("c:a", "begins with a drive letter"), ("..", "has .. in its path"),
            ("../a", "has .. in its path"), ("a/../../b", "has .. in its path"), ("a\\..\\b", "has .. in its path"),
            ("a/..", "has .. in its path"), ("a/.. /b", "has .. in its path"), ("a/.../b", "has .. in its path"),
            ("a\u{0}b", "has a control character"), ("a\u{0}", "has a control character"), ("export.r2x\u{0}", "has a control character"),
            ("a\nb", "has a control character"), ("a\u{7F}", "has a control character"),
        ]) func namesThatLeadElsewhereAreRefused(_ name: String, _ reason: String)
    {
        #expect(read([ZIPEntry("fine", ""), ZIPEntry(name, "x")]) == .refused("Invalid ZIP archive: entry 3: its name \(reason)"))
    }

    /// Info-ZIP's field 0x7075 (APPNOTE 4.6.9) names an entry otherwise; who unpacks it may believe either.
    @Test func theOtherNameOfAnEntryIsCheckedToo() {
        let field = { (name: String, other: String) in
            let content = [1] + number(ZIPEntry(name, name).checksum) + Array(other.utf8)
            return number(UInt16(0x7075)) + number(UInt16(content.count)) + content
        }
        let leadsOut = ZIPEntry("fine", "x").with { $0.extra = field("fine", "../x") }
        #expect(read([leadsOut]) == .refused("Invalid ZIP archive: entry 2: its name has .. in its path"))
        let hidden = ZIPEntry("../x", "x").with { $0.extra = field("../x", "fine") }
        #expect(read([hidden]) == .refused("Invalid ZIP archive: entry 2: its name has .. in its path"))
        #expect(read([ZIPEntry("fine", "x").with { $0.extra = field("fine", "also fine") }]) == nest)
        // The name of the directory counts.
        let manifest = ZIPEntry("x.txt", smallManifest).with { $0.extra = field("x.txt", "export.r2x") }
        #expect(read(ZIPWriter(entries: [manifest]).bytes) == .refused("Invalid ZIP archive: export.r2x is missing"))
        let renamed = ZIPEntry("export.r2x", smallManifest).with {
            $0.extra = field("export.r2x", "x.txt")
        }
        #expect(
            read(ZIPWriter(entries: [renamed]).bytes) == .refused("Invalid ZIP archive: its central directory can be read in two ways"))
    }

    @Test func anEncryptedManifestIsRefused() {
        let manifest = ZIPEntry("export.r2x", smallManifest).with { $0.flags = 1 }
        #expect(read(ZIPWriter(entries: [manifest]).bytes) == .refused("Invalid ZIP archive: export.r2x is encrypted"))
        #expect(read([ZIPEntry("a", "x").with { $0.flags = 1 }]) == nest)
    }

    @Test(arguments: [UInt16(1), 12, 14, 93, 95, 97]) func otherMethodsAreRefused(_ method: UInt16) {
        let manifest = ZIPEntry("export.r2x", smallManifest).with { $0.method = method }
        #expect(
            read(ZIPWriter(entries: [manifest]).bytes)
                == .refused("Invalid ZIP archive: export.r2x is packed by method \(method), and only 0 (stored) and 8 (deflated) are read"))
        #expect(read([ZIPEntry("a", "x").with { $0.method = method }]) == nest)
    }

    /// contracts/gale.md 8.3, variant 7.
    @Test func aProfileCodeIsRefusedWithAHint() {
        #expect(
            read(Array("#r2modman\nUEsDBBQ=".utf8))
                == .refused(
                    "Invalid ZIP archive: this is the text of a profile code; send the archive that is in it, decoded from base64"))
    }

    @Test func whatIsNoArchiveIsRefused() {
        #expect(read([UInt8]()) == .refused("Invalid ZIP archive: it is empty"))
        for bytes in [Array("x".utf8), Array(smallManifest.utf8), [UInt8](repeating: 0, count: 1 << 17), Array("PK\u{5}\u{6}".utf8)] {
            #expect(read(bytes) == .refused("Invalid ZIP archive: it has no central directory"))
        }
    }
}
