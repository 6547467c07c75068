internal import CLibuv

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A numeric IPv4 or IPv6 address with a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is not an address.
    public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        /// What was given.
        public let text: String
        /// A sentence for the operator.
        public var description: String { "\"\(text)\" is not a numeric IP address with a port from 0 to 65535." }
    }

    /// The address in its usual text form, without brackets.
    public let host: String
    /// 0 ... 65535.
    public var port: Int { Int(portNumber) }
    /// Whether the address is IPv6.
    public let isIPv6: Bool
    private let portNumber: UInt16

    /// - Parameter host: a numeric address; IPv6 with or without brackets.
    /// - Throws: `SocketAddress.Invalid`.
    public init(host: String, port: Int) throws {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let portNumber = UInt16(exactly: port) else { throw Invalid(text: "\(host):\(port)") }
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if uv_ip4_addr(bare, Int32(port), &four) == 0 {
            isIPv6 = false
        } else if uv_ip6_addr(bare, Int32(port), &six) == 0 {
            isIPv6 = true
        } else {
            throw Invalid(text: "\(host):\(port)")
        }
        self.host = bare
        self.portNumber = portNumber
    }

    /// Reads `host:port` or `[v6]:port`.
    /// - Throws: `SocketAddress.Invalid`.
    public init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { throw Invalid(text: text) }
        let host = text[..<colon]
        guard !host.contains(":") || (host.hasPrefix("[") && host.hasSuffix("]")) else { throw Invalid(text: text) }
        try self.init(host: String(host), port: port)
    }

    /// Reads what the system tells of a socket. An IPv4 address mapped into IPv6 is given as IPv4.
    init(storage: sockaddr_storage) {
        var storage = storage
        var name = [CChar](repeating: 0, count: 64)
        let isSix = Int32(storage.ss_family) == AF_INET6
        let port = withUnsafePointer(to: &storage) { pointer in
            if isSix {
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    uv_ip6_name(address, &name, name.count)
                    return UInt16(bigEndian: address.pointee.sin6_port)
                }
            } else {
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    uv_ip4_name(address, &name, name.count)
                    return UInt16(bigEndian: address.pointee.sin_port)
                }
            }
        }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let mapped = "::ffff:"
        if isSix, text.hasPrefix(mapped), text.contains(".") {
            host = String(text.dropFirst(mapped.count))
            isIPv6 = false
        } else {
            host = text
            isIPv6 = isSix
        }
        portNumber = port
    }

    /// Whether the address is this machine's loopback (127.0.0.0/8 or ::1).
    public var isLoopback: Bool { isIPv6 ? host == "::1" : host.hasPrefix("127.") }

    /// `host:port`, IPv6 in brackets.
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Calls `body` with the system's form of the address.
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>) throws -> Result) rethrows -> Result {
        if isIPv6 {
            var address = sockaddr_in6()
            uv_ip6_addr(host, Int32(port), &address)
            return try withUnsafePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0) }
            }
        }
        var address = sockaddr_in()
        uv_ip4_addr(host, Int32(port), &address)
        return try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0) }
        }
    }
}
