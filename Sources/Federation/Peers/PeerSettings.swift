public import Security

/// What an operator has set about other servers of the Reileta kind (contracts/configuration.md).
public struct PeerSettings: Sendable {
    /// Which servers may speak for their people here.
    public enum Mode: String, Sendable, CaseIterable {
        /// All that are not denied.
        case open
        /// Those that are allowed.
        case closed
    }

    /// Which servers may speak for their people here.
    public var mode = Mode.open
    /// Addresses that may, whatever the mode.
    public var allowed: [String] = []
    /// Addresses that may not.
    public var denied: [String] = []
    /// Whether servers are asked over http, and at private addresses.
    public var allowsInsecure = false
    /// Keeps requests away from the operator's own network.
    public var addressGuard: AddressGuard
    /// Of this program.
    public var version: String

    /// The defaults of the contract.
    public init(addressGuard: AddressGuard, version: String) {
        self.addressGuard = addressGuard
        self.version = version
    }

    /// Addresses that are private but not those of one link, where clouds answer with secrets: what servers of one house have.
    public static let privateRanges = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128",
    ].compactMap { AddressRange($0) }
}
