import Primitives
import Security
import Testing

/// contracts/configuration.md, "The setup code".
struct SetupCodeTests {
    /// "26 Crockford base32 characters (130 random bits), shown grouped with the prefix `ROOST-`".
    @Test func aCodeIs26CharactersInGroups() {
        var seen: Set<String> = []
        for _ in 0..<200 {
            let grouped = SetupCode().grouped
            let groups = grouped.split(separator: "-")
            #expect(groups.map(\.count) == [5, 5, 5, 5, 5, 6])
            #expect(groups.first == "ROOST")
            #expect(groups.dropFirst().joined().allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
            seen.insert(grouped)
        }
        #expect(seen.count == 200)
        let last = Set(seen.compactMap(\.last))
        #expect(last.count > 16, "The last character is as random as the others.")
    }

    @Test func whatIsShownCanBeTyped() {
        for _ in 0..<100 {
            let code = SetupCode()
            #expect(SetupCode(typed: code.grouped) == code)
        }
    }

    /// "case, separators and a prefix (`ROOST-`, `COSMOS-`) are ignored on input".
    @Test(
        arguments: [
            "ROOST-01ABC-DEFGH-JKMNP-QRSTV-WXYZ01", "roost-01abc-defgh-jkmnp-qrstv-wxyz01", "01ABCDEFGHJKMNPQRSTVWXYZ01",
            "COSMOS-01ABC-DEFGH-JKMNP-QRSTV-WXYZ01", "cosmos 01abcdefghjkmnpqrstvwxyz01", "ROOST01ABCDEFGHJKMNPQRSTVWXYZ01",
            " roost_01abc_defgh_jkmnp_qrstv_wxyz01\r\n", "ROOST\u{2013}01ABC\u{2011}DEFGH\u{2014}JKMNP\u{a0}QRSTV\tWXYZ01",
            "oiABC-DEFGH-JKMNP-QRSTV-WXYZOl", "Ol-ABC-DEFGHJKMNPQRSTVWXYZoL",
        ]) func aPersonMayTypeItInManyWays(_ typed: String)
    {
        #expect(SetupCode(typed: typed)?.grouped == "ROOST-01ABC-DEFGH-JKMNP-QRSTV-WXYZ01")
    }

    /// R, zero, zero, S, T are characters of a code; read aloud they are the prefix.
    @Test func aCodeThatBeginsLikeAPrefixIsWhole() {
        let code = SetupCode(typed: "R00ST-DEFGH-JKMNP-QRSTV-WXYZ01")
        #expect(code?.grouped == "ROOST-R00ST-DEFGH-JKMNP-QRSTV-WXYZ01")
        #expect(SetupCode(typed: "ROOST-DEFGH-JKMNP-QRSTV-WXYZ01") == code)
    }

    @Test(
        arguments: [
            "", "ROOST-", "ROOST", "01ABCDEFGHJKMNPQRSTVWXYZ0", "01ABCDEFGHJKMNPQRSTVWXYZ012", "0UABCDEFGHJKMNPQRSTVWXYZ01",
            "é1ABCDEFGHJKMNPQRSTVWXYZ01", "\u{0}1ABCDEFGHJKMNPQRSTVWXYZ01", "OTHER-01ABCDEFGHJKMNPQRSTVWXYZ01",
            "ROOST-ROOST-01ABC-DEFGH-JKMNP-QRSTV-WXYZ01", "01ABC-DEFGH-JKMNP-QRSTV-WXYZ01-ROOST", "１1ABCDEFGHJKMNPQRSTVWXYZ01",
            String(repeating: "-", count: 200) + "01ABCDEFGHJKMNPQRSTVWXYZ01",
        ]) func otherTextsAreNoCode(_ typed: String)
    {
        #expect(SetupCode(typed: typed) == nil)
    }

    /// "only its SHA-256 is stored".
    @Test func theHashIsOfTheBareCharacters() {
        #expect(SetupCode(typed: "ROOST-01ABC-DEFGH-JKMNP-QRSTV-WXYZ01")?.hash == SHA256.hash(Array("01ABCDEFGHJKMNPQRSTVWXYZ01".utf8)))
        #expect(SetupCode().hash != SetupCode().hash)
    }
}
