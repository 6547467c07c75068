internal import Primitives

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A range of IP addresses in CIDR notation (RFC 4632, RFC 4291 2.3).
public struct AddressRange: Sendable, Equatable {
    /// The network in network byte order: 4 bytes or 16.
    private let network: [UInt8]
    private let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address. Nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let bytes = parts.first.flatMap(Self.bytes) else { return nil }
        let whole = bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : whole, (0...whole).contains(length) else { return nil }
        if parts.count == 2, String(length) != parts[1] { return nil }
        network = bytes
        prefixLength = length
    }

    /// Whether a numeric address is in the range. An IPv4 address that is written as IPv6 counts as IPv4.
    public func contains(_ address: String) -> Bool {
        Self.bytes(address).map(contains) ?? false
    }

    /// What stands for an address where addresses are counted: the 64 bits of the network of an IPv6 address, of which one customer has all others
    /// too; the address itself for everything else. An IPv4 address that is written as IPv6 counts as IPv4.
    public static func network(of address: String) -> String {
        guard let bytes = bytes(address) else { return address }
        return bytes.count == 4 ? bytes.map(String.init).joined(separator: ".") : Hex.encode(bytes.prefix(8)) + "/64"
    }

    /// The same for 4 or 16 bytes in network order.
    func contains(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == network.count else { return false }
        for (index, (left, right)) in zip(bytes, network).enumerated() {
            let bits = min(max(prefixLength - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            guard left & mask == right & mask else { return false }
        }
        return true
    }

    /// The bytes of a numeric address in network order; nil for anything else. An IPv4 address that is written as IPv6 has four.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return sixteen.prefix(12).elementsEqual(mapped) ? Array(sixteen.suffix(4)) : sixteen
    }
}
