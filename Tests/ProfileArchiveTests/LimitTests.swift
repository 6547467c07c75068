import Community
import ProfileArchive
import Testing

/// contracts/gale.md 8.1, what is decided: everything has a limit, and no header is believed.
struct LimitTests {
    private let nest = Outcome.taken(ProfileManifest(name: "Nest", mods: []))

    @Test func theLimitsAreThoseOfTheContract() {
        let limits = ProfileArchiveLimits.standard
        #expect(limits.manifestBytes == 1_048_576 && limits.entries == 10_000 && limits.unpackedBytes == 104_857_600)
        #expect(limits.ratio == 1_000 && limits.ratioFloor == 1_048_576 && limits.mods == 10_000 && limits.nameLength == 1_024)
    }

    @Test func theNumberOfEntriesIsLimited() {
        let entries = (1..<10_000).map { ZIPEntry("config/\($0)", "", isDeflated: false) }
        #expect(read(entries) == nest)
        #expect(read(entries + [ZIPEntry("more", "")]) == .refused("Invalid ZIP archive: it has more than 10000 entries"))
    }

    /// libzip keeps names in lists by a hash that anybody can compute; and it reads them before it is known how many there are.
    @Test(.timeLimit(.minutes(1))) func manyEntriesAreRefusedBeforeTheyAreLookedAt() {
        // 33 * 'a' + 'b' = 33 * 'b' + 'A': both pairs have the same hash.
        let names = (0..<32_768).map { index in (0..<15).map { index >> $0 & 1 == 0 ? "ab" : "bA" }.joined() }
        let entries = names.map { ZIPEntry($0, "", isDeflated: false) }
        #expect(read(entries) == .refused("Invalid ZIP archive: it has more than 10000 entries"))
        #expect(read(Array(entries.prefix(9_999))) == nest)
    }

    @Test func theSizeThatEntriesSayIsLimited() {
        let half = ZIPEntry("a", "x").with { $0.size = 50 << 20 }
        var limits = ProfileArchiveLimits()
        limits.ratio = .max >> 32
        limits.unpackedBytes = 100 << 20 + smallManifest.utf8.count
        #expect(read([half, half], limits: limits) == nest)
        limits.unpackedBytes -= 1
        let reason = "its entries have more than \(limits.unpackedBytes) bytes when they are unpacked"
        #expect(read([half, half], limits: limits) == .refused("Invalid ZIP archive: \(reason)"))
        let largest = ZIPEntry("a", "x").with {
            $0.size = .max
            $0.isLarge = true
        }
        #expect(
            read([largest, largest])
                == .refused("Invalid ZIP archive: its entries have more than 104857600 bytes when they are unpacked"))
    }

    @Test func theRatioIsLimited() {
        let zeros = ZIPEntry("a", [UInt8](repeating: 0, count: 4 << 20))
        #expect(
            read([zeros]) == .refused("Invalid ZIP archive: its entries become more than 1000 times as large when they are unpacked"))
        // Up to 1 MiB nobody asks.
        let saying = { (size: Int) in ZIPEntry("a", "x").with { $0.size = UInt64(size - smallManifest.utf8.count) } }
        #expect(read([saying(1 << 20)]) == nest)
        #expect(read([saying((1 << 20) + 1)]).message?.hasPrefix("Invalid ZIP archive: its entries become more than 1000 times") == true)
        // Over the whole, and not for each.
        #expect(read([zeros, ZIPEntry("b", (0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }, isDeflated: false)]) == nest)
    }

    @Test func entriesThatShareTheirContentAreRefused() {
        let content = [UInt8](repeating: 7, count: 10_000)
        let entry = ZIPEntry("a", content, isDeflated: false)
        let offset = UInt32(ZIPWriter(entries: [ZIPEntry("export.r2x", smallManifest)]).bytes.count - 22 - 56)
        let again = (0..<3).map { _ in entry.with { $0.borrowedOffset = offset } }
        #expect(read([entry]) == nest)
        #expect(
            read([entry] + again) == .refused("Invalid ZIP archive: its entries overlap: packed they have more bytes than the archive"))
        let lie = entry.with {
            $0.packedSize = .max
            $0.isLarge = true
        }
        #expect(read([lie]) == .refused("Invalid ZIP archive: its entries overlap: packed they have more bytes than the archive"))
    }

    @Test func theManifestIsLimited() {
        let padding = { String(repeating: "#", count: (1 << 20) - smallManifest.utf8.count + $0) }
        #expect(read(manifest: smallManifest + padding(0)) == nest)
        #expect(read(manifest: smallManifest + padding(1)) == .refused("Error parsing export.r2x: it has more than 1048576 bytes"))
    }

    /// The header says one byte, and 64 MiB come.
    @Test(.timeLimit(.minutes(1))) func theManifestIsLimitedWhateverItsHeaderSays() {
        for size in [1, 1 << 20, 10 << 20] as [UInt64] {
            let bomb = ZIPEntry("export.r2x", [UInt8](repeating: 0x23, count: 64 << 20)).with { $0.size = size }
            #expect(
                read(ZIPWriter(entries: [bomb]).bytes) == .refused("Error parsing export.r2x: it has more than 1048576 bytes"), "\(size)")
        }
    }

    @Test func aManifestThatIsNotAsLongAsItSaysIsRefused() {
        for size in [1, 100] as [UInt64] {
            let wrong = ZIPEntry("export.r2x", smallManifest).with { $0.size = size }
            #expect(read(ZIPWriter(entries: [wrong]).bytes).message?.hasPrefix("Invalid ZIP archive: export.r2x") == true, "\(size)")
        }
    }

    @Test func theNumberOfModsIsLimited() {
        let mods = { String(repeating: "- {name: A-B, version: {major: 1, minor: 0, patch: 0}}\n", count: $0) }
        #expect(read(manifest: "profileName: Nest\nmods:\n" + mods(10_000)).manifest?.mods.count == 10_000)
        #expect(
            read(manifest: "profileName: Nest\nmods:\n" + mods(10_001))
                == .refused("Error parsing export.r2x: line 3: mods has more than 10000 entries"))
    }

    @Test func namesAreLimited() {
        let (long, longer) = (String(repeating: "ä", count: 1_024), String(repeating: "ä", count: 1_025))
        let text = { (profile: String, community: String, mod: String) in
            "profileName: \(profile)\ncommunity: \(community)\nmods:\n- name: \(mod)\n  version: {major: 1, minor: 0, patch: 0}\n"
        }
        #expect(read(manifest: text(long, long, long)).manifest?.name == long)
        let reason = "has more than 1024 characters"
        #expect(read(manifest: text(longer, "a", "b")) == .refused("Error parsing export.r2x: line 1: profileName \(reason)"))
        #expect(read(manifest: text("a", longer, "b")) == .refused("Error parsing export.r2x: line 2: community \(reason)"))
        #expect(read(manifest: text("a", "b", longer)) == .refused("Error parsing export.r2x: line 4: mods[0].name \(reason)"))
    }

    @Test func theDepthOfTheManifestIsLimited() {
        let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(read(manifest: "profileName: Nest\nmods: []\nother: \(nested(15))\n") == nest)
        #expect(
            read(manifest: "profileName: Nest\nmods: []\nother: \(nested(16))\n")
                == .refused("Error parsing export.r2x: line 3: more than 16 levels"))
    }
}
