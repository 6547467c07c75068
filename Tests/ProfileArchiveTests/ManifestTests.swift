import Community
import ProfileArchive
import Testing

/// contracts/gale.md 8.2: what `export.r2x` says.
struct ManifestTests {
    private func mod(_ lines: String) -> Outcome {
        read(manifest: "profileName: Nest\nmods:\n- name: A-B\n" + lines.split(separator: "\n").map { "  \($0)\n" }.joined())
    }

    private func refused(_ reason: String) -> Outcome {
        .refused("Error parsing export.r2x: \(reason)")
    }

    @Test func allMembersAreRead() {
        let text = """
            profileName: Nest
            community: lethal-company
            mods:
            - name: Zeta-Mod
              enabled: false
              version: {major: 1, minor: 20, patch: 4294967295}
            - name: Alpha-Mod
              enabled: true
              version: {major: 0, minor: 0, patch: 0}
            """
        #expect(
            read(manifest: text)
                == .taken(
                    ProfileManifest(
                        name: "Nest", community: "lethal-company",
                        mods: [
                            .init(name: "Zeta-Mod", isEnabled: false, version: .init(major: 1, minor: 20, patch: .max)),
                            .init(name: "Alpha-Mod", isEnabled: true, version: .init(major: 0, minor: 0, patch: 0)),
                        ])))
    }

    @Test func jsonIsRead() {
        let text =
            #"{"profileName":"N\u00e9st","community":null,"mods":[{"name":"A-B","version":{"major":1,"minor":2,"patch":3},"enabled":true}]}"#
        #expect(
            read(manifest: text)
                == .taken(
                    ProfileManifest(name: "Nést", mods: [.init(name: "A-B", isEnabled: true, version: .init(major: 1, minor: 2, patch: 3))])
                ))
    }

    @Test func aByteOrderMarkIsPassedOver() {
        #expect(read(manifest: "\u{FEFF}" + smallManifest).manifest?.name == "Nest")
    }

    @Test func otherMembersArePassedOver() {
        let text = """
            profileName: Nest
            profileGame: [1, {a: b}]
            mods:
            - name: A-B
              source: Hexium
              icon: null
              version: {major: 1, minor: 2, patch: 3, build: x}
            ignoredUpdates: [0d148b55-b680-b38f-e207-988e2d3bbfd0]
            """
        #expect(read(manifest: text).manifest?.mods.count == 1)
    }

    @Test(arguments: ["Nest", "'123'", "\"true\"", "''", "|-\n  null", "1.2.3", "yes", "ä 🦉"]) func aStringIsAName(_ name: String) {
        #expect(read(manifest: "profileName: \(name)\nmods: []\n").manifest != nil)
    }

    @Test(
        arguments: [
            ("123", "an integer"), ("0x1F", "an integer"), ("true", "a boolean"), ("False", "a boolean"), ("1.5", "a float"),
            (".inf", "a float"), ("", "null"), ("~", "null"), ("null", "null"), ("[a]", "a list"), ("{a: b}", "a mapping"),
        ]) func whatIsNoStringIsNoName(_ name: String, _ kind: String)
    {
        #expect(
            read(manifest: "profileName: \(name)\nmods: []\n") == refused("line 1: profileName must be a string and is \(kind)"))
        #expect(
            read(manifest: "profileName: x\nmods:\n- name: \(name)\n  version: {major: 1, minor: 2, patch: 3}\n")
                == refused("line 3: mods[0].name must be a string and is \(kind)"))
        guard kind != "null" else { return }
        #expect(
            read(manifest: "profileName: x\nmods: []\ncommunity: \(name)\n")
                == refused("line 3: community must be a string and is \(kind)"))
    }

    @Test(arguments: ["", "community:\n", "community: ~\n", "community: null\n"]) func theCommunityMayBeAbsent(_ line: String) {
        #expect(read(manifest: smallManifest + line) == .taken(ProfileManifest(name: "Nest", community: nil, mods: [])))
    }

    @Test(arguments: [#""a\0b""#, #""a\nb""#, #""\x7f""#, #""\u0085""#, "|\n  a\n"]) func controlCharactersAreRefused(_ name: String) {
        #expect(read(manifest: "profileName: \(name)\nmods: []\n") == refused("line 1: profileName has a control character"))
    }

    @Test func whatIsRequiredMustBeThere() {
        #expect(read(manifest: "mods: []\n") == refused("line 1: the manifest has no profileName"))
        #expect(read(manifest: "\nprofileName: x\n") == refused("line 2: the manifest has no mods"))
        #expect(read(manifest: "ProfileName: x\nmods: []\n") == refused("line 1: the manifest has no profileName"))
        #expect(mod("enabled: true") == refused("line 3: mods[0] has no version"))
        let nameless = "profileName: x\nmods:\n- {version: {major: 1, minor: 2, patch: 3}}\n"
        #expect(read(manifest: nameless) == refused("line 3: mods[0] has no name"))
        #expect(mod("version: {minor: 1, patch: 2}") == refused("line 4: mods[0].version has no major"))
        #expect(mod("version: {major: 1, patch: 2}") == refused("line 4: mods[0].version has no minor"))
        #expect(mod("version: {major: 1, minor: 2}") == refused("line 4: mods[0].version has no patch"))
    }

    @Test func shapesMustBeRight() {
        for (text, kind) in [("", "null"), ("# nothing\n", "null"), ("text", "a string"), ("- a", "a list"), ("12", "an integer")] {
            #expect(read(manifest: text).message?.hasSuffix("the manifest must be a mapping and is \(kind)") == true, "\(text)")
        }
        #expect(read(manifest: "profileName: x\nmods: {}\n") == refused("line 2: mods must be a list and is a mapping"))
        #expect(read(manifest: "profileName: x\nmods:\n") == refused("line 2: mods must be a list and is null"))
        #expect(read(manifest: "profileName: x\nmods: [A-B]\n") == refused("line 2: mods[0] must be a mapping and is a string"))
        #expect(mod("version: 1.2.3") == refused("line 4: mods[0].version must be a mapping and is a string"))
        #expect(mod("version: [1, 2, 3]") == refused("line 4: mods[0].version must be a mapping and is a list"))
        #expect(mod("version: ~") == refused("line 4: mods[0].version must be a mapping and is null"))
    }

    @Test(
        arguments: [("1", "an integer"), ("yes", "a string"), ("'true'", "a string"), ("~", "null"), ("", "null"), ("[]", "a list")])
    func enabledIsABoolean(_ text: String, _ kind: String) {
        #expect(
            mod("version: {major: 1, minor: 2, patch: 3}\nenabled: \(text)")
                == refused("line 5: mods[0].enabled must be true or false and is \(kind)"))
    }

    @Test(arguments: ["0", "7", "007", "+7", "0x10", "0o17", "4294967295"]) func versionsAreOf32Bits(_ number: String) {
        #expect(mod("version:\n  major: \(number)\n  minor: \(number)\n  patch: \(number)").manifest != nil)
    }

    @Test(arguments: ["major", "minor", "patch"]) func otherVersionsAreRefused(_ part: String) {
        let outcome = { (text: String) in
            let numbers = ["major", "minor", "patch"].map { "\($0): \($0 == part ? text : "1")" }
            return mod("version: {\(numbers.joined(separator: ", "))}")
        }
        for text in ["-1", "4294967296", "18446744073709551616", "0xFFFFFFFFFF"] {
            #expect(outcome(text) == refused("line 4: mods[0].version.\(part) must be from 0 to 4294967295"))
        }
        for (text, kind) in [
            ("'1'", "a string"), ("1.0", "a float"), ("1e3", "a float"), ("x", "a string"), ("~", "null"), ("true", "a boolean"),
        ] {
            #expect(
                outcome(text)
                    == refused("line 4: mods[0].version.\(part) must be a whole number from 0 to 4294967295 and is \(kind)"))
        }
    }

    @Test func whatIsNoYAMLIsRefused() {
        #expect(read(manifest: "profileName: [").message?.hasPrefix("Error parsing export.r2x: line ") == true)
        #expect(read(manifest: "profileName: &a x\nmods: []\n") == refused("line 1: anchors and tags are not read"))
        #expect(read(manifest: "profileName: x\nmods: *a\n") == refused("line 2: aliases are not read"))
        #expect(read(manifest: "profileName: !!str 1\nmods: []\n") == refused("line 1: anchors and tags are not read"))
        #expect(read(manifest: smallManifest + "---\na: b\n") == refused("line 3: only one document is read"))
        #expect(read(manifest: smallManifest + "mods: []\n") == refused("line 3: mods stands here twice"))
    }

    /// A refusal does not send back what was sent.
    @Test func aLongKeyIsNotToldWhole() {
        let line = "? \(String(repeating: "k", count: 100_000))\n: x\n"
        let message = "Error parsing export.r2x: line 3: " + String(repeating: "k", count: 200)
        #expect(read(manifest: line + line) == .refused(message))
    }

    /// libyaml would read UTF-16 as well.
    @Test func otherEncodingsAreRefused() {
        let utf16: [UInt8] = [0xFF, 0xFE] + Array(smallManifest.utf16).flatMap { (unit: UInt16) -> [UInt8] in number(unit) }
        for content in [utf16, Array(smallManifest.utf8) + [0x23, 0xFF], Array("profileName: ".utf8) + [0xC0, 0x80]] as [[UInt8]] {
            #expect(read(ZIPWriter(entries: [ZIPEntry("export.r2x", content)]).bytes) == refused("it is not UTF-8"))
        }
    }
}
