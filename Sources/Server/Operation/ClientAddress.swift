internal import HTTP
internal import Reactor
internal import Security

/// Tells where a request comes from, behind proxies that are trusted too (`server.trusted_proxies`).
struct ClientAddress: Sendable {
    let trustedProxies: [AddressRange]

    /// The peer's address; or, when that is a trusted proxy, the last address in `X-Forwarded-For` that is not one.
    func callAsFunction(_ request: HTTPRequest) -> String {
        address(peer: request.peer.host, forwarded: trustedProxies.isEmpty ? [] : request.headers.list("x-forwarded-for"))
    }

    /// Whether a request comes from a trusted proxy, whose word on how it was reached counts.
    func isProxied(_ request: HTTPRequest) -> Bool {
        isTrusted(request.peer.host)
    }

    func address(peer: String, forwarded: [String]) -> String {
        guard isTrusted(peer) else { return peer }
        // What stands before an untrusted address was written by somebody unknown.
        return forwarded.last { !isTrusted($0) } ?? peer
    }

    private func isTrusted(_ address: String) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}
