internal import HTTPClient
public import JSON

/// Asking other servers (contracts/reileta.md 3.1, steps 5 and 6).
extension Peers {
    /// Asks a server for something.
    ///
    /// A token that counts no more is renewed once, a gateway that has moved is followed once.
    /// - Returns: the server, and the data that it has answered with.
    /// - Throws: `PeerFailure`, `DatabaseError`.
    public func call(
        _ call: PeerCall, at address: String, deadline: PeerDeadline = PeerDeadline()
    ) async throws -> (server: PeerServer, data: JSONValue) {
        var server = try await find(address, deadline: deadline)
        try await requireNotDenied(server.address)
        var token = try await heldToken(at: server.address)
        if token == nil, call.needsToken { token = try await renewToken(at: server, replacing: nil, deadline: deadline) }
        var isRenewed = false
        var isRedirected = false
        while true {
            let response = try await send(
                call.method, server.http + call.target, body: call.body, token: token, person: call.person, bodyLimit: call.bodyLimit,
                deadline: deadline)
            let answer = try answer(response)
            if let gateway = answer.redirection ?? announcedGateway(in: response), gateway != server.http {
                server.http = gateway
                directory.keep(.success(server), for: server.address)
            }
            guard let error = answer.error else {
                guard let data = answer.data else { throw PeerFailure.noData }
                return (server, data)
            }
            if error.code == PeerAnswer.retryWithNewGateway {
                guard answer.redirection != nil, !isRedirected else { throw PeerFailure.badRedirection }
                isRedirected = true
            } else if error.code == PeerAnswer.serverNotLogged, call.needsToken || token != nil, !isRenewed {
                isRenewed = true
                do {
                    token = try await renewToken(at: server, replacing: token, deadline: deadline)
                } catch  where !call.needsToken {
                    // What does not need a token is had without.
                    token = nil
                }
            } else {
                throw PeerFailure.refused(code: error.code, status: error.status, message: error.message)
            }
        }
    }

    /// - Throws: `PeerFailure.badRedirection` for a redirect of HTTP, which is not how servers of this kind send one on; `.badData`.
    private func answer(_ response: OutboundResponse) throws(PeerFailure) -> PeerAnswer {
        do throws(PeerFailure) {
            return try PeerAnswer(response.body, rules: rules)
        } catch .badData where (300..<400).contains(response.status) {
            throw .badRedirection
        } catch {
            throw error
        }
    }

    /// Where a server says that it is better asked (contracts/reileta.md 3.6): whether by TLS, and host and port.
    func announcedGateway(in response: OutboundResponse) -> String? {
        guard let parts = response.header("avr-gateway")?.split(separator: " "), parts.count == 2, let isSecure = Bool(String(parts[0]))
        else { return nil }
        return try? rules.origin("\(isSecure ? "https" : "http")://\(parts[1])")
    }
}
