/// How servers of the Reileta kind are named: host and port, without a scheme (contracts/reileta.md 1.4). One server has one name; what only looks
/// like it is another's.
public enum PeerAddress {
    /// Bytes of an address.
    public static let lengthLimit = 261

    /// The one way to write an address: in lower case, without scheme and path.
    ///
    /// - Returns: nil for what is no host, with a port if it has one.
    public static func normalized(_ text: String) -> String? {
        var rest = Substring(text.lowercased())
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !rest.isEmpty, rest.utf8.count <= lengthLimit else { return nil }
        guard let (host, port) = parts(rest), isHost(host) else { return nil }
        guard let port else { return String(host) }
        guard let number = Int(port), (1...65_535).contains(number), String(number) == port else { return nil }
        return "\(host):\(port)"
    }

    /// The host of a normalized address, without the port.
    static func host(of address: String) -> String {
        parts(Substring(address)).map { String($0.host) } ?? address
    }

    private static func parts(_ text: Substring) -> (host: Substring, port: Substring?)? {
        guard text.hasPrefix("[") else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            return (parts[0], parts.count == 2 ? parts[1] : nil)
        }
        guard let end = text.firstIndex(of: "]") else { return nil }
        let rest = text[text.index(after: end)...]
        guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
        return (text[...end], rest.isEmpty ? nil : rest.dropFirst())
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") { return host.dropFirst().dropLast().utf8.allSatisfy { isHexadecimal($0) || $0 == UInt8(ascii: ":") } }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isHexadecimal($0) || (0x67...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
