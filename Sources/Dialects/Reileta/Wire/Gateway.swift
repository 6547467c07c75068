internal import Federation
internal import HTTP

/// Where a server is reached (contracts/reileta.md 3.6): in the header `AVR-Gateway`, whether by TLS, a blank, and host and port.
struct Gateway: Sendable, Equatable {
    /// The name of the header.
    static let header = "AVR-Gateway"

    var isSecure: Bool
    /// Host and port.
    var address: String

    init(isSecure: Bool, address: String) {
        self.isSecure = isSecure
        self.address = address
    }

    /// From the value of a header; nil for what is none.
    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let isSecure = Bool(String(parts[0])), let address = PeerAddress.normalized(String(parts[1])),
            address == parts[1].lowercased()
        else { return nil }
        self.init(isSecure: isSecure, address: address)
    }

    /// The value of the header.
    var text: String { "\(isSecure) \(address)" }

    /// The origin.
    var http: String { "\(isSecure ? "https" : "http")://\(address)" }
}
