import Testing

@testable import Community

/// contracts/gale.md 6: "UUID v4, base64url without padding = 22 chars", "`^[A-Za-z0-9]{6}$`"; anything else is no id.
struct ProfileCodeTests {
    @Test func theExampleOfTheSeedIsAUUID() throws {
        let code = try #require(ProfileCode("GsioqKpVRwiP7_ynX-QsuA"))
        #expect(code.fileName == "1ac8a8a8-aa55-4708-8fef-fca75fe42cb8")
        #expect(ProfileCode(fileName: code.fileName) == code)
    }

    @Test(arguments: ["ABC123", "abcDEF", "000000"]) func aShortCodeIsItsOwnFileName(_ text: String) throws {
        let code = try #require(ProfileCode(text))
        #expect(code.text == text && code.fileName == text && ProfileCode(fileName: text) == code)
    }

    /// "Decoder rejects padding and non-zero trailing bits."
    @Test(arguments: [
        "", "ABC12", "ABC1234", "ABC-12", "ABC_12", "ÄBC12", "GsioqKpVRwiP7_ynX-QsuB", "GsioqKpVRwiP7_ynX-Qsu", "GsioqKpVRwiP7_ynX-QsuA==",
        "GsioqKpVRwiP7/ynX+QsuA", "1ac8a8a8-aa55-4708-8fef-fca75fe42cb8", "GsioqKpVRwiP7_ynX-Qs==",
    ]) func anythingElseIsNone(_ text: String) {
        #expect(ProfileCode(text) == nil)
    }

    @Test(arguments: [
        "GsioqKpVRwiP7_ynX-QsuA", "1AC8A8A8-aa55-4708-8fef-fca75fe42cb8", "1ac8a8a8aa5547088feffca75fe42cb8----", "ABC12", "",
    ])
    func anotherNameIsNoFileName(_ text: String) {
        #expect(ProfileCode(fileName: text) == nil)
    }

    @Test func newCodesAreRandomAndWellFormed() throws {
        let codes = (0..<1_000).map { _ in ProfileCode.random(isShort: false) }
        #expect(Set(codes).count == 1_000)
        for code in codes {
            #expect(ProfileCode(code.text) == code && code.text.utf8.count == 22)
            // Version 4, variant 10.
            let digits = Array(code.fileName)
            #expect(digits[14] == "4" && "89ab".contains(digits[19]))
        }
        let short = (0..<1_000).map { _ in ProfileCode.random(isShort: true) }
        #expect(Set(short).count > 990)
        for code in short { #expect(ProfileCode(code.text) == code && code.text.utf8.count == 6 && code.text == code.text.uppercased()) }
    }
}
