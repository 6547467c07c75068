public import Dialect
public import HTTPClient
public import Security

/// What the Gale API needs of the rest of the house.
public struct GaleServices: Sendable {
    /// What every dialect needs.
    public var shared: DialectServices
    /// Where archives are kept.
    public var archives: ProfileArchives
    /// Sends requests to Discord.
    public var sender: OutboundSender
    /// Decides which addresses Discord may be at.
    public var addressGuard: AddressGuard

    /// Names every service once.
    public init(shared: DialectServices, archives: ProfileArchives, sender: OutboundSender, addressGuard: AddressGuard) {
        self.shared = shared
        self.archives = archives
        self.sender = sender
        self.addressGuard = addressGuard
    }
}
