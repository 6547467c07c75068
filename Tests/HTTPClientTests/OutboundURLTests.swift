import HTTPClient
import Security
import Testing

/// contracts/cosmos.md 8.5, rule 1.
struct OutboundURLTests {
    private static let open = AddressGuard(allowed: ["127.0.0.0/8", "fd00::/8"].compactMap { AddressRange($0) })

    private func refusal(_ text: String, _ rules: OutboundURLRules = OutboundURLRules(), guard: AddressGuard = AddressGuard()) -> String? {
        do throws(OutboundURLError) {
            _ = try OutboundURL(text, rules: rules, guard: `guard`)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        arguments: [
            ("https://hooks.example.org", "hooks.example.org", "/"), ("https://hooks.example.org/", "hooks.example.org", "/"),
            ("https://Hooks.Example.ORG:443/a/b", "hooks.example.org", "/a/b"), ("https://a.b.example?x=1&y", "a.b.example", "/?x=1&y"),
            ("https://xn--bcher-kva.example/%C3%BC/../x", "xn--bcher-kva.example", "/%C3%BC/../x"),
            ("https://example.org/a@b:c", "example.org", "/a@b:c"), ("https://1and1.com/", "1and1.com", "/"),
        ]) func thisIsTaken(_ text: String, _ host: String, _ target: String) throws
    {
        let url = try OutboundURL(text, rules: OutboundURLRules(), guard: AddressGuard())
        #expect(url.scheme == "https" && url.host == host && url.port == 443 && url.target == target && !url.isLiteral)
        #expect(url.authority == host && url.text == "https://\(host)\(target)")
    }

    @Test(
        arguments: [
            "", "https://", "https:///path", "hooks.example.org", "//hooks.example.org", "ftp://example.org", "file:///etc/passwd",
            "gopher://example.org", "javascript:alert(1)", "HTTPS://example.org", "https:example.org", "https:/example.org",
            "http://example.org",
            "https://user@example.org", "https://user:word@example.org", "https://example.org@127.0.0.1", "https://@example.org",
            "https://example.org#fragment", "https://example.org/#", "https://example.org\\@127.0.0.1", "https://example.org/a b",
            " https://example.org", "https://example.org/\n", "https://example.org/\u{0}", "https://exämple.org", "https://ｅxample.org",
            "https://example.org:8443", "https://example.org:80", "https://example.org:", "https://example.org:0",
            "https://example.org:65536",
            "https://example.org:0443", "https://example.org:+443", "https://example.org:443x", "https://example.org:4 43",
            "https://localhost", "https://intranet", "https://a.localhost", "https://printer.local", "https://db.internal",
            "https://nas.home.arpa", "https://home.arpa", "https://NAS.LOCAL", "https://x.onion", "https://example.org.",
            "https://.example.org", "https://a..example.org",
            "https://-a.example.org", "https://a-.example.org", "https://a_b.example.org", "https://%65xample.org",
            "https://a%2eexample.org",
            "https://127.0.0.1", "https://8.8.8.8", "https://[::1]", "https://[2606:4700::1111]", "https://[::ffff:127.0.0.1]",
            "https://[::1",
            "https://[example.org]", "https://[]", "https://[::1%25lo]", "https://127.1", "https://2130706433", "https://0x7f.1",
            "https://0x7f000001", "https://0177.0.0.1", "https://017700000001", "https://127.0.0.1.", "https://127.0.0.01",
            "https://256.1.1.1",
            "https://1.2.3.4.5", "https://example.0x7f", "https://example.123", "https://example.org/%", "https://example.org/%4",
            "https://example.org/%zz", "https://example.org/[", "https://example.org/?[]", "https://example.org/\"",
            "https://example.org/<a>",
            "https://example.org/{a}", "https://example.org/|", "https://example.org/^", "https://example.org/`",
        ]) func thisIsRefused(_ text: String)
    {
        #expect(refusal(text) != nil)
    }

    @Test func aURLHasItsLength() {
        let start = "https://example.org/"
        #expect(refusal(start + String(repeating: "a", count: 2_048 - start.count)) == nil)
        #expect(refusal(start + String(repeating: "a", count: 2_049 - start.count)) == "A URL has at most 2048 bytes.")
        #expect(refusal("https://" + String(repeating: "a", count: 63) + ".example") == nil)
        #expect(refusal("https://" + String(repeating: "a", count: 64) + ".example") != nil)
        #expect(refusal("https://" + Array(repeating: "abcdefg", count: 32).joined(separator: ".")) != nil)
    }

    /// For what the operator has named.
    @Test(arguments: ["https://localhost", "https://minio", "https://db.internal", "https://storage.local"])
    func localNamesAreOpenedOnPurpose(_ text: String) {
        #expect(refusal(text, OutboundURLRules(allowsLocalNames: true)) == nil)
        #expect(refusal(text) != nil)
        #expect(refusal("https://-minio", OutboundURLRules(allowsLocalNames: true)) != nil)
    }

    @Test func portsAreOpenedOnPurpose() {
        let ports = OutboundURLRules(allowsPorts: true)
        for port in [1_024, 8_443, 65_535] { #expect(refusal("https://example.org:\(port)", ports) == nil) }
        for port in [1, 22, 80, 1_023] { #expect(refusal("https://example.org:\(port)", ports) != nil) }
    }

    @Test func plainHTTPIsOpenedOnPurpose() throws {
        let url = try OutboundURL("http://example.org/", rules: OutboundURLRules(allowsInsecure: true), guard: AddressGuard())
        #expect(url.port == 80 && url.authority == "example.org")
    }

    /// contracts/configuration.md, guard.allow_cidrs: "also when the host is given as an address".
    @Test(
        arguments: [
            ("https://127.0.0.1/x", "127.0.0.1", "127.0.0.1"), ("https://[fd00::7]/x", "fd00::7", "[fd00::7]"),
            ("https://[FD00::7]:443/x", "fd00::7", "[fd00::7]"),
        ]) func anOpenedAddressMayBeNamed(_ text: String, _ host: String, _ authority: String) throws
    {
        let url = try OutboundURL(text, rules: OutboundURLRules(), guard: Self.open)
        #expect(url.isLiteral && url.host == host && url.authority == authority && url.target == "/x")
    }

    /// What is opened is named in the canonical form only.
    @Test(arguments: [
        "https://127.1", "https://0x7f.0.0.1", "https://2130706433", "https://10.0.0.1", "https://[::1]", "https://localhost",
    ])
    func othersMayNot(_ text: String) {
        #expect(refusal(text, guard: Self.open) != nil)
    }
}
