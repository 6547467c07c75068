internal import HTTPClient
internal import JSON
internal import Primitives

/// Finding other servers (contracts/reileta.md 3.1).
extension Peers {
    /// Bytes of what a server says of itself.
    static let documentLimit = 262_144

    /// What a server says of itself: asked for at most every ten minutes.
    ///
    /// One that calls itself by another address is believed only when the server there is the same; then it is known by that.
    /// - Throws: `PeerFailure.unknownServer`, for whatever reason it was not found; `.busy`, which is not remembered.
    public func find(_ address: String, deadline: PeerDeadline = PeerDeadline()) async throws(PeerFailure) -> PeerServer {
        guard let address = PeerAddress.normalized(address) else { throw .unknownServer(reason: "No host, with a port if it has one.") }
        if own.isOwn(address) { throw .unknownServer(reason: "It is this server.") }
        if let known = directory.result(for: address) { return try known.get() }
        // Of many who ask at once, one looks, and the others are told what it has found.
        do {
            return try await directory.searches.value(for: address) {
                do throws(PeerFailure) {
                    let server = try await lookUp(address, deadline: deadline)
                    directory.keep(.success(server), for: address)
                    return server
                } catch {
                    if case .busy = error {} else { directory.keep(.failure(error), for: address) }
                    throw error
                }
            }
        } catch let failure as PeerFailure {
            throw failure
        } catch {
            throw .unknownServer(reason: "It was not looked for.")
        }
    }

    /// What a server says of itself now, when it was not asked just now.
    ///
    /// - Returns: nil when there is nothing newer: what was known stays.
    /// - Throws: `PeerFailure.busy`.
    func findAnew(_ address: String, deadline: PeerDeadline) async throws(PeerFailure) -> PeerServer? {
        guard !directory.isFresh(address) else { return nil }
        do throws(PeerFailure) {
            let server = try await lookUp(address, deadline: deadline)
            directory.keep(.success(server), for: address)
            return server
        } catch .busy(let reason) {
            throw .busy(reason: reason)
        } catch {
            return nil
        }
    }

    private func lookUp(_ address: String, deadline: PeerDeadline) async throws(PeerFailure) -> PeerServer {
        let claimed = try await document(at: address, deadline: deadline)
        if claimed.address == address { return claimed }
        guard !own.isOwn(claimed.address) else { throw .unknownServer(reason: "It says that it is this server.") }
        let named = try await document(at: claimed.address, deadline: deadline)
        guard named.address == claimed.address, named.id == claimed.id else {
            throw .unknownServer(reason: "It says that it is \(claimed.address), which is another.")
        }
        return named
    }

    private func document(at address: String, deadline: PeerDeadline) async throws(PeerFailure) -> PeerServer {
        var failure = PeerFailure.unknownServer(reason: "It does not answer.")
        for scheme in rules.schemes {
            do throws(PeerFailure) {
                let response = try await send(
                    "GET", "\(scheme)://\(address)/api/server", bodyLimit: Self.documentLimit, deadline: deadline)
                guard response.status == 200 else { throw .unknownServer(reason: "It answers with status \(response.status).") }
                guard let object = try? JSONValue.parse(response.body).object(), object.optional("error") == nil,
                    let data = object.optional("data")
                else { throw .unknownServer(reason: "What it answers is no server of this kind.") }
                var server = try PeerServer(data, rules: rules)
                if let gateway = announcedGateway(in: response) { server.http = gateway }
                return server
            } catch {
                failure = error
            }
        }
        switch failure {
        case .unknownServer, .busy: throw failure
        case .noResponse(let reason): throw .unknownServer(reason: "It does not answer (\(reason)).")
        default: throw .unknownServer(reason: "What it answers is no server of this kind.")
        }
    }
}
