public import Security

/// What URLs may look like.
public struct OutboundURLRules: Sendable, Equatable {
    /// Whether `http` is taken beside `https`.
    public var allowsInsecure: Bool
    /// Whether the ports 1024 to 65535 are taken beside the scheme's own.
    public var allowsPorts: Bool
    /// Whether names of one label and those of local trees are taken: for what the operator has named, never for what a stranger has.
    public var allowsLocalNames: Bool

    /// Rules; without any, `https` on its own port.
    public init(allowsInsecure: Bool = false, allowsPorts: Bool = false, allowsLocalNames: Bool = false) {
        self.allowsInsecure = allowsInsecure
        self.allowsPorts = allowsPorts
        self.allowsLocalNames = allowsLocalNames
    }
}

/// Why a URL is not taken; a sentence.
public struct OutboundURLError: Error, Sendable, Equatable {
    /// What is wrong.
    public var reason: String

    /// A refusal with a reason.
    public init(reason: String) {
        self.reason = reason
    }
}

/// A URL that requests may go to (contracts/cosmos.md 8.5, rule 1), in the small part of RFC 3986 that every parser reads alike: what is connected
/// to is what was read here.
public struct OutboundURL: Sendable, Hashable {
    /// Bytes of a URL.
    public static let lengthLimit = 2_048

    /// `http` or `https`.
    public let scheme: String
    /// A name in lower case, or a numeric address, IPv6 without brackets.
    public let host: String
    /// Of the URL, or the scheme's own.
    public let port: Int
    /// Path and query, beginning with a slash.
    public let target: String
    /// Whether the host is a numeric address.
    public let isLiteral: Bool

    /// Host and port as they stand in `Host`: without the port that is the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == Self.defaultPort(scheme) ? name : "\(name):\(port)"
    }

    /// The whole URL.
    public var text: String { "\(scheme)://\(authority)\(target)" }

    /// Reads a URL.
    ///
    /// - Parameter guard: what it has opened may be named by its address.
    /// - Throws: `OutboundURLError`.
    public init(_ text: String, rules: OutboundURLRules, guard: AddressGuard) throws(OutboundURLError) {
        guard text.utf8.count <= Self.lengthLimit else { throw OutboundURLError(reason: "A URL has at most \(Self.lengthLimit) bytes.") }
        guard text.utf8.allSatisfy(Self.isURLByte) else {
            throw OutboundURLError(reason: "A URL has no blanks, fragments, backslashes or characters beyond ASCII.")
        }
        let schemes = rules.allowsInsecure ? ["https", "http"] : ["https"]
        guard let scheme = schemes.first(where: { text.hasPrefix("\($0)://") }) else {
            throw OutboundURLError(reason: "A URL begins with \(schemes.map { "\($0)://" }.joined(separator: " or ")).")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw OutboundURLError(reason: "A URL has no user name.") }
        let host: String
        (host, port, isLiteral) = try Self.host(authority, scheme: scheme)
        guard port == Self.defaultPort(scheme) || rules.allowsPorts && port >= 1_024 else {
            throw OutboundURLError(
                reason: rules.allowsPorts ? "The port is the scheme's own or 1024 to 65535." : "The port is the scheme's own.")
        }
        if isLiteral {
            guard `guard`.isOpened(host) else { throw OutboundURLError(reason: "The host is a name, not an address.") }
        } else {
            try Self.checkName(host, isLocalTaken: rules.allowsLocalNames)
        }
        let target = rest.dropFirst(authority.count)
        try Self.checkEscapes(target)
        self.scheme = scheme
        self.host = host
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    static func defaultPort(_ scheme: String) -> Int { scheme == "https" ? 443 : 80 }

    // MARK: Host

    private static func host(_ authority: Substring, scheme: String) throws(OutboundURLError) -> (String, Int, isLiteral: Bool) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw OutboundURLError(reason: "An IPv6 address has no end.") }
            let address = String(authority[authority.index(after: authority.startIndex)..<end])
            guard address.contains(":"), AddressRange(address) != nil, !address.contains("/") else {
                throw OutboundURLError(reason: "The host is no IPv6 address.")
            }
            return (address.lowercased(), try port(authority[authority.index(after: end)...], scheme), true)
        }
        let name = authority.prefix { $0 != ":" }.lowercased()
        let port = try port(authority.dropFirst(name.count), scheme)
        // Whatever some parser takes for a number is an address, and then in the one form that all read alike.
        guard let last = name.split(separator: ".", omittingEmptySubsequences: false).last, looksNumeric(last) else {
            return (name, port, false)
        }
        guard isCanonicalIPv4(name) else { throw OutboundURLError(reason: "An IPv4 address has four decimal numbers.") }
        return (name, port, true)
    }

    private static func port(_ text: Substring, _ scheme: String) throws(OutboundURLError) -> Int {
        guard !text.isEmpty else { return defaultPort(scheme) }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), let number = Int(digits), (1...65_535).contains(number), String(number) == digits else {
            throw OutboundURLError(reason: "The port is no number from 1 to 65535.")
        }
        return number
    }

    private static func looksNumeric(_ label: Substring) -> Bool {
        label.allSatisfy(\.isNumber) || label.hasPrefix("0x")
    }

    private static func isCanonicalIPv4(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    private static let localSuffixes = ["localhost", "local", "internal", "home.arpa", "onion"]

    /// A name of several labels (RFC 1123 2.1) that belongs to the public tree.
    private static func checkName(_ name: String, isLocalTaken: Bool) throws(OutboundURLError) {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } && label.first != "-"
                    && label.last != "-"
            }
        guard isName else { throw OutboundURLError(reason: "The host is no name of letters, digits, hyphens and dots.") }
        guard isLocalTaken || labels.count > 1 && !localSuffixes.contains(where: { ".\(name)".hasSuffix(".\($0)") }) else {
            throw OutboundURLError(reason: "The host is a local name.")
        }
    }

    // MARK: Bytes

    /// Unreserved and reserved characters of RFC 3986, and the percent sign; not the one that begins a fragment.
    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~:/?[]@!$&'()*+,;=%".utf8.contains(byte)
        }
    }

    private static func checkEscapes(_ target: Substring) throws(OutboundURLError) {
        guard !target.contains("["), !target.contains("]") else { throw OutboundURLError(reason: "Brackets belong to the host only.") }
        var rest = target.utf8[...]
        while let escape = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[rest.index(after: escape)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
                throw OutboundURLError(reason: "An escape has two hexadecimal digits.")
            }
            rest = rest[rest.index(after: escape)...]
        }
    }
}
