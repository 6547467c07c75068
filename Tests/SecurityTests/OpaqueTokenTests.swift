import Primitives
import Security
import Testing

/// contracts/chat.md 3.1: "Refresh token: 32 random bytes base64url, stored hashed".
struct OpaqueTokenTests {
    @Test func aTokenIs32RandomBytes() {
        let tokens = (0..<100).map { _ in OpaqueToken().text }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.count == 43 && Base64URL.decode($0)?.count == 32 })
    }

    @Test func theHashIsOfTheText() {
        let token = OpaqueToken(text: "abc")
        #expect(Hex.encode(token.hash) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let made = OpaqueToken()
        #expect(OpaqueToken(text: made.text).hash == made.hash)
    }

    /// DESIGN 10: "No secret in a log".
    @Test func noTextShowsASecret() throws {
        struct Holder {
            var token = OpaqueToken(text: "hush")
            var code = SetupCode(typed: "ROOST-HHHHH-HHHHH-HHHHH-HHHHH-HHHHHH")
            var digest = PasswordDigest(of: "hush")
            var mac = HMACSHA256(key: Array("hush".utf8))
        }
        let holder = Holder()
        try #require(holder.code != nil)
        var dumped = ""
        dump(holder, to: &dumped)
        for text in ["\(holder)", String(reflecting: holder), "\(holder.token)", "\([holder.token])", "\(holder.digest)", dumped] {
            #expect(text.contains("***"))
            #expect(!text.contains("hush"))
            #expect(!text.contains("HHHHH"))
        }
    }

    @Test func randomBytesAreAsManyAsAskedFor() {
        for count in [0, 1, 16, 33, 4_096] { #expect(SecureRandom.bytes(count).count == count) }
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(Set(SecureRandom.bytes(4_096)).count > 200, "All values turn up.")
    }
}
