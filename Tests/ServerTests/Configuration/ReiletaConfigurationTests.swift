import Testing

@testable import Server

/// What an operator sets about Reileta.
struct ReiletaConfigurationTests {
    @Test func thereIsNoCheckOfFilesUnlessOneIsSet() throws {
        #expect(try Layers().configuration().reileta.assetCheck == nil)
        #expect(try Configuration.with("reileta.asset_check_seconds", "5").reileta.assetCheck == nil)
        #expect(try Configuration.with("reileta.asset_check", "[]").reileta.assetCheck == nil)
    }

    @Test func aCheckOfFilesIsAProgramAndItsArguments() throws {
        let check = try Layers(settings: [("reileta.asset_check", #"["check", "-a b", ""]"#), ("reileta.asset_check_seconds", "5")])
            .configuration().reileta.assetCheck
        #expect(check == ReiletaConfiguration.AssetCheck(command: ["check", "-a b", ""], seconds: 5, place: "--set"))
        let file = try Layers(file: "reileta:\n  asset_check: [/bin/true]\n").configuration().reileta.assetCheck
        #expect(file == ReiletaConfiguration.AssetCheck(command: ["/bin/true"], seconds: 60, place: "roost.yaml:2"))
    }

    @Test(
        arguments: [
            ("reileta.asset_check", #"[""]"#), ("reileta.asset_check", #"["check", "a\0b"]"#), ("reileta.asset_check", "check"),
            ("reileta.asset_check_seconds", "0"), ("reileta.asset_check_seconds", "3601"),
        ])
    func otherValuesAreRefused(_ key: String, _ value: String) throws {
        let refusal = try #require(Layers(settings: [(key, value)]).refusal())
        #expect(refusal.hasPrefix("--set: \(key) must be"))
    }
}
