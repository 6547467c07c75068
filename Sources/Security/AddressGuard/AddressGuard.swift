/// Keeps requests whose address a stranger chose away from private networks (contracts/cosmos.md 8.5).
public struct AddressGuard: Sendable {
    private let allowed: [AddressRange]
    private let own: Set<[UInt8]>

    /// - Parameters:
    ///   - allowed: ranges that an operator has opened on purpose.
    ///   - own: numeric addresses of this machine: behind them may be what the network does not show.
    public init(allowed: [AddressRange] = [], own: [String] = []) {
        self.allowed = allowed
        self.own = Set(own.compactMap(AddressRange.bytes))
    }

    /// Whether an operator has opened a numeric address on purpose.
    public func isOpened(_ address: String) -> Bool {
        allowed.contains { $0.contains(address) }
    }

    /// Whether a numeric address may be connected to. An IPv4 address that is written as IPv6 is judged as IPv4; what is no address may not.
    public func permits(_ address: String) -> Bool {
        guard let bytes = AddressRange.bytes(address) else { return false }
        if allowed.contains(where: { $0.contains(bytes) }) { return true }
        guard !own.contains(bytes), !Self.forbidden.contains(where: { $0.contains(bytes) }) else { return false }
        return bytes.count == 4 || Self.global.contains { $0.contains(bytes) }
    }

    private static let forbidden: [AddressRange] = [
        "0.0.0.0/8",  // this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private (RFC 1918)
        "100.64.0.0/10",  // behind a carrier's translation (RFC 6598)
        "127.0.0.0/8",  // this machine
        "169.254.0.0/16",  // link-local, where clouds answer with secrets
        "192.0.0.0/24", "192.88.99.0/24",  // protocol assignments, relays
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "198.18.0.0/15",  // benchmarks
        "224.0.0.0/4", "240.0.0.0/4",  // multicast; reserved, and broadcast
        "2001::/32", "2002::/16",  // Teredo and 6to4 hold an IPv4 address
        "2001:db8::/32", "3fff::/20",  // documentation
    ].compactMap { AddressRange($0) }

    /// All that is handed out of IPv6; what is embedded, local or reserved lies outside.
    private static let global = ["2000::/3"].compactMap { AddressRange($0) }
}
