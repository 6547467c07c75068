import Security
import Testing

/// RFC 4632 3.1, RFC 4291 2.3.
struct AddressRangeTests {
    @Test(
        arguments: [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["9.255.255.255", "11.0.0.0", "::a00:1", "", "10.0.0", "localhost"]
            ),
            ("192.168.7.9/31", ["192.168.7.8", "192.168.7.9"], ["192.168.7.7", "192.168.7.10"]),
            ("10.1.2.3", ["10.1.2.3"], ["10.1.2.2", "10.1.2.4"]), ("0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1"]),
            ("172.16.0.0/12", ["172.16.0.1", "172.31.255.255"], ["172.15.255.255", "172.32.0.0"]),
            ("fd00::/8", ["fd00::1", "fdff:ffff::"], ["fc00::", "fe00::", "10.0.0.1"]),
            ("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "127.0.0.1"]),
            ("2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::"]), ("::/0", ["::1", "2001:db8::"], ["127.0.0.1"]),
            ("::ffff:10.0.0.1", ["10.0.0.1", "::ffff:a00:1"], ["10.0.0.2"]),
        ]) func aRangeHoldsItsAddresses(_ text: String, _ inside: [String], _ outside: [String]) throws
    {
        let range = try #require(AddressRange(text))
        for address in inside { #expect(range.contains(address), "\(address)") }
        for address in outside { #expect(!range.contains(address), "\(address)") }
    }

    @Test(
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/+8", "10.0.0.0/08", "::ffff:10.0.0.0/104",
            "10.0.0.0/eight", "10.0.0", "10.0.0.256", "::/129",
            "::1::", "fd00:/8",
            "localhost", "[::1]", "10.0.0.0 /8", "*",
        ]) func whatIsNoRangeIsRefused(_ text: String)
    {
        #expect(AddressRange(text) == nil)
    }
}
