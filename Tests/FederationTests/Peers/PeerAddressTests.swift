import Federation
import Testing

@Suite struct PeerAddressTests {
    @Test(
        arguments: [
            ("vr.example.org", "vr.example.org"), ("VR.Example.ORG:3032", "vr.example.org:3032"),
            ("https://vr.example.org/api", "vr.example.org"),
            ("http://127.0.0.1:3032?x", "127.0.0.1:3032"), ("[2001:DB8::1]:80", "[2001:db8::1]:80"), ("localhost", "localhost"),
        ]) func oneServerHasOneName(_ text: String, _ expected: String)
    {
        #expect(PeerAddress.normalized(text) == expected)
        #expect(PeerAddress.normalized(expected) == expected)
    }

    /// What only looks like a name is none.
    @Test(
        arguments: [
            "", "https://", "a b", "user@vr.example.org", "vr.example.org.", ".org", "a..b", "-a.org", "a-.org", "vr.example.org:",
            "vr.example.org:0",
            "vr.example.org:080", "vr.example.org:65536", "vr.example.org:+80", "a:b:80", "[::1", "[::1]x", "[::g]", "é.org", "a_b.org",
            "a\u{0}.org",
            "a\n.org", String(repeating: "a", count: 64) + ".org", Array(repeating: "aaaaaaaaa", count: 30).joined(separator: "."),
            "%61.org",
        ]) func whatIsNoHostHasNone(_ text: String)
    {
        #expect(PeerAddress.normalized(text) == nil)
    }
}
