import Security
import Testing

@testable import Server

/// contracts/configuration.md, `server.trusted_proxies`: "CIDRs whose X-Forwarded-* are believed".
struct ClientAddressTests {
    private let ranges = ["10.0.0.0/8", "::1"]

    private func address(_ peer: String, _ forwarded: [String], trusting ranges: [String]) -> String {
        ClientAddress(trustedProxies: ranges.compactMap { AddressRange($0) }).address(peer: peer, forwarded: forwarded)
    }

    @Test func withoutProxiesThePeerCounts() {
        #expect(address("192.0.2.1", ["198.51.100.7"], trusting: []) == "192.0.2.1")
    }

    @Test func aStrangerIsNotBelieved() {
        #expect(address("192.0.2.1", ["198.51.100.7"], trusting: ranges) == "192.0.2.1")
    }

    @Test func aTrustedProxyIsBelieved() {
        #expect(address("10.0.0.1", ["198.51.100.7"], trusting: ranges) == "198.51.100.7")
        #expect(address("::1", ["2001:db8::7"], trusting: ranges) == "2001:db8::7")
    }

    /// What the client itself wrote stands before what the proxies added.
    @Test func theLastUntrustedAddressCounts() {
        #expect(address("10.0.0.1", ["203.0.113.9", "10.9.9.9", "198.51.100.7", "10.0.0.2"], trusting: ranges) == "198.51.100.7")
    }

    @Test func withOnlyProxiesThePeerCounts() {
        #expect(address("10.0.0.1", [], trusting: ranges) == "10.0.0.1")
        #expect(address("10.0.0.1", ["10.0.0.3", "10.0.0.2"], trusting: ranges) == "10.0.0.1")
    }
}
