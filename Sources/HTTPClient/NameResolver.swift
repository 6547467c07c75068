#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Finds the numeric addresses of a name. It may block; the client gives it threads of its own.
public struct NameResolver: Sendable {
    /// All addresses of a name; empty when there are none.
    public var addresses: @Sendable (String) -> [String]

    /// Resolves with a function.
    public init(_ addresses: @escaping @Sendable (String) -> [String]) {
        self.addresses = addresses
    }

    /// The system's resolver: hosts file, DNS, whatever it is set up for.
    public static let system = NameResolver { name in
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            addresses.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return addresses
    }
}
