import Security
import Testing

/// contracts/cosmos.md 8.5, rule 3: the first and the last address of each forbidden range, and their neighbours.
struct AddressGuardTests {
    @Test(
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
            "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0",
            "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
            "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0",
            "255.255.255.254", "255.255.255.255",
            "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1",
            "100::1", "1fff:ffff::1", "4000::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001::1",
            "2001:0:ffff::1", "2001:db8::1", "2001:db8:ffff::1", "2002::1", "2002:7f00:1::", "3fff::1", "3fff:fff::1",
            "", "localhost", "127.1", "0x7f000001", "2130706433", "10.0.0.1/8", "fe80::1%eth0",
        ]) func isForbidden(_ address: String)
    {
        #expect(!AddressGuard().permits(address))
    }

    @Test(
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
            "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255",
            "203.0.114.0", "223.255.255.255", "8.8.8.8", "::ffff:8.8.8.8", "2000::1", "2001:1::1", "2001:db7::1", "2001:db9::1",
            "2003::1", "2606:4700::1111", "3ffe::1", "3fff:1000::1",
        ]) func isPermitted(_ address: String)
    {
        #expect(AddressGuard().permits(address))
    }

    @Test func anOperatorOpensARangeOnPurpose() {
        let opened = AddressGuard(allowed: ["192.168.7.0/24", "fd00:7::/32"].compactMap { AddressRange($0) })
        #expect(opened.permits("192.168.7.9") && opened.permits("fd00:7::9") && opened.permits("::ffff:192.168.7.9"))
        #expect(!opened.permits("192.168.8.9") && !opened.permits("fd00:8::9") && !opened.permits("127.0.0.1"))
        #expect(opened.isOpened("192.168.7.9") && !opened.isOpened("8.8.8.8"))
    }

    /// "Also the server's own public addresses".
    @Test func theMachinesOwnAddressesAreForbidden() {
        let guarded = AddressGuard(own: ["8.8.4.4", "2606:4700::1"])
        #expect(!guarded.permits("8.8.4.4") && !guarded.permits("2606:4700:0:0::1") && !guarded.permits("::ffff:8.8.4.4"))
        #expect(guarded.permits("8.8.8.8"))
        #expect(AddressGuard(allowed: ["8.8.4.4"].compactMap { AddressRange($0) }, own: ["8.8.4.4"]).permits("8.8.4.4"))
        #expect(AddressGuard.ownAddresses().contains("127.0.0.1"))
    }
}
