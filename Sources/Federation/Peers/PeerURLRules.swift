internal import HTTPClient
internal import Security

/// Which addresses requests to other servers may go to.
struct PeerURLRules: Sendable {
    let settings: PeerSettings

    /// Schemes to look for a server with, the best first.
    var schemes: [String] { settings.allowsInsecure ? ["https", "http"] : ["https"] }

    /// - Throws: `PeerFailure.unknownServer`.
    func url(_ text: String) throws(PeerFailure) -> OutboundURL {
        // The client's own guard has its say when it connects; what it lets through may be named by its number where private addresses may.
        let literals =
            settings.allowsInsecure ? AddressGuard(allowed: ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) }) : settings.addressGuard
        let rules = OutboundURLRules(
            allowsInsecure: settings.allowsInsecure, allowsPorts: true, allowsLocalNames: settings.allowsInsecure)
        do throws(OutboundURLError) {
            return try OutboundURL(text, rules: rules, guard: literals)
        } catch {
            throw .unknownServer(reason: error.reason)
        }
    }

    /// Scheme, host and port of a gateway.
    ///
    /// - Throws: `PeerFailure.badStructure` for what is none.
    func origin(_ text: String) throws(PeerFailure) -> String {
        do throws(PeerFailure) {
            let url = try url(text)
            guard url.target == "/" else { throw .badStructure(reason: "A gateway has no path.") }
            return "\(url.scheme)://\(url.authority)"
        } catch {
            throw .badStructure(reason: "gateways")
        }
    }
}
