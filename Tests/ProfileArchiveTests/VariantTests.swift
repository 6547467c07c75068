import Community
import ProfileArchive
import Testing

/// contracts/gale.md 8.3: archives as programs write them.
struct VariantTests {
    private let mod = ProfileManifest.Mod(name: "BepInEx-BepInExPack", isEnabled: true, version: .init(major: 5, minor: 4, patch: 2100))

    /// Variant 1.
    @Test func r2modman() {
        let manifest = """
            profileName: Friday
            mods:
              - name: BepInEx-BepInExPack
                version:
                  major: 5
                  minor: 4
                  patch: 2100
                enabled: true
              - name: notnotnotswipez-MoreCompany
                version:
                  major: 1
                  minor: 11
                  patch: 0
                enabled: false

            """
        let other = ProfileManifest.Mod(
            name: "notnotnotswipez-MoreCompany", isEnabled: false, version: .init(major: 1, minor: 11, patch: 0))
        let entries = [
            ZIPEntry("export.r2x", manifest), ZIPEntry("config/BepInEx.cfg", "[Caching]\nEnableAssemblyCache = true\n"),
            ZIPEntry("mods.yml", "- manifestVersion: 1\n"), ZIPEntry("doorstop_config.ini", "[General]\n"),
        ]
        #expect(read(ZIPWriter(entries: entries).bytes) == .taken(ProfileManifest(name: "Friday", mods: [mod, other])))
    }

    /// Variant 2.
    @Test func gale() {
        let manifest = """
            profileName: Friday
            mods:
            - name: BepInEx-BepInExPack
              version:
                major: 5
                minor: 4
                patch: 2100
              enabled: true
              source: Thunderstore
            community: lethal-company
            ignoredUpdates:
            - 9f2c1d1e-5f0e-4c35-9c1c-7d5a6b1f0a11
            ignoredPackageUpdates: []

            """
        let entries = [ZIPEntry("export.r2x", manifest), ZIPEntry("BepInEx/config/BepInEx.cfg", "[Caching]\n"), ZIPEntry("notes.txt", "x")]
        #expect(
            read(ZIPWriter(entries: entries).bytes) == .taken(ProfileManifest(name: "Friday", community: "lethal-company", mods: [mod])))
    }

    /// Variant 3.
    @Test func r2modmanWithItsGame() {
        let manifest = """
            profileName: Friday
            profileGame: LethalCompany
            profileGameDisplayName: "Lethal Company"
            mods: []

            """
        #expect(read(manifest: manifest) == .taken(ProfileManifest(name: "Friday", mods: [])))
    }

    /// Variant 4.
    @Test func versionNumberIsAVersion() {
        let manifest =
            "profileName: Friday\nmods:\n- name: BepInEx-BepInExPack\n  versionNumber: {major: 5, minor: 4, patch: 2100}\n  enabled: true\n"
        #expect(read(manifest: manifest) == .taken(ProfileManifest(name: "Friday", mods: [mod])))
        #expect(
            read(manifest: manifest + "  version: {major: 1, minor: 0, patch: 0}\n")
                == .refused("Error parsing export.r2x: line 3: mods[0] has both version and versionNumber"))
        #expect(
            read(manifest: "profileName: x\nmods:\n- name: A-B\n  versionNumber: 1.2.3\n")
                == .refused("Error parsing export.r2x: line 4: mods[0].versionNumber must be a mapping and is a string"))
    }

    /// Variant 5.
    @Test func withoutEnabledAModIsEnabled() {
        let manifest = "profileName: Friday\nmods:\n- name: BepInEx-BepInExPack\n  version: {major: 5, minor: 4, patch: 2100}\n"
        #expect(read(manifest: manifest) == .taken(ProfileManifest(name: "Friday", mods: [mod])))
    }

    /// Variant 6.
    @Test func flattenedVersionsAndFoldersAreRefused() {
        let manifest = "profileName: Friday\nmods:\n- {name: A-B, major: 5, minor: 4, patch: 2100, enabled: true}\n"
        #expect(read(manifest: manifest) == .refused("Error parsing export.r2x: line 3: mods[0] has no version"))
        #expect(
            read(ZIPWriter(entries: [ZIPEntry("Friday/export.r2x", smallManifest)]).bytes)
                == .refused("Invalid ZIP archive: export.r2x is missing"))
    }
}
