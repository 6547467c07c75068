public import Community
internal import HTTPClient
internal import Primitives
internal import Security
internal import Storage

/// Why endpoints are not what somebody wants them to be.
public enum WebhookRefusal: Error, Sendable, Equatable {
    /// The URL is not one that deliveries may go to; the words say why.
    case url(String)
    /// An entry of the filter is no type of event.
    case unknownEvent(String)
    /// There is no such endpoint.
    case unknownEndpoint
    /// There is no such delivery, or its body is forgotten.
    case unknownDelivery
    /// The galaxy has as many endpoints as it may have.
    case limitReached(Int)
}

/// Endpoints as those manage them who may: whether somebody may is asked before, of the community.
extension WebhookEngine {
    /// Endpoints of one galaxy.
    public static let endpointsPerSpace = 10
    /// How long after a rotation the secret before may sign, in seconds.
    public static let overlap = 0...604_800

    /// Makes an endpoint and sends it a ping; until it answers well it is told of nothing.
    ///
    /// - Returns: the endpoint, and the secret, which is shown here only.
    /// - Throws: `WebhookRefusal`.
    public func createEndpoint(
        in space: SpaceID, galaxyID: String, by account: AccountID, url: String, events: [String], channels: [String]? = nil,
        description: String? = nil, scheme: SignatureScheme
    ) async throws -> (endpoint: WebhookEndpoint, secret: [UInt8]) {
        try check(url)
        try Self.check(events)
        let secret = SecureRandom.bytes(StandardWebhookSignature.secretLength)
        let position = try await community.eventPosition().latest
        let endpoint = try await database.transaction { tx in
            guard try tx.endpoints(of: space).count < Self.endpointsPerSpace else {
                throw WebhookRefusal.limitReached(Self.endpointsPerSpace)
            }
            let endpoint = WebhookEndpoint(
                id: EndpointID(tx.nextID()), spaceID: space, url: url, events: events, channels: channels, description: description,
                scheme: scheme, state: .pending, disabledReason: nil, createdBy: account, createdAt: tx.now)
            try tx.insert(endpoint, secret: secret, position: position)
            let ping = self.ping(endpoint.id, galaxyID: galaxyID)
            try tx.queue(Self.pingType, ping.body, messageID: ping.messageID, for: endpoint.id)
            return endpoint
        }
        wakeForChange()
        return (endpoint, secret)
    }

    /// The endpoints of a space.
    public func endpoints(of space: SpaceID) async throws -> [WebhookEndpoint] {
        try await database.read { try $0.endpoints(of: space).map(\.endpoint) }
    }

    /// One endpoint.
    ///
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func endpoint(_ id: EndpointID, of space: SpaceID) async throws -> WebhookEndpoint {
        try await database.read { try $0.endpoint(id, in: space).endpoint }
    }

    /// Changes an endpoint. Another URL has to answer a ping first; what is enabled again begins with what happens from then on.
    ///
    /// Who changes what is sent, or where, is the one whose sight counts from then on: nobody sees through another's endpoint. What was made for the
    /// other one is forgotten.
    /// - Throws: `WebhookRefusal`.
    public func updateEndpoint(
        _ id: EndpointID, of space: SpaceID, galaxyID: String, by account: AccountID, _ changes: EndpointChanges
    ) async throws -> WebhookEndpoint {
        if let url = changes.url { try check(url) }
        if let events = changes.events { try Self.check(events) }
        let endpoint = try await database.transaction { tx in
            let record = try tx.endpoint(id, in: space)
            var endpoint = record.endpoint
            var needsPing = false
            if let url = changes.url, url != endpoint.url {
                endpoint.url = url
                needsPing = true
            }
            if let events = changes.events { endpoint.events = events }
            if case .set(let channels) = changes.channels { endpoint.channels = channels }
            if case .set(let description) = changes.description { endpoint.description = description }
            if changes.isEnabled == true, endpoint.state == .disabled { needsPing = true }
            if needsPing || changes.isEnabled == true { endpoint.firstFailureAt = nil }
            if needsPing { (endpoint.state, endpoint.disabledReason) = (.pending, nil) }
            if changes.isEnabled == false { (endpoint.state, endpoint.disabledReason) = (.disabled, .user) }
            if account != endpoint.createdBy, changes.concernWhatIsSent {
                endpoint.createdBy = account
                try tx.forgetDeliveries(of: id)
            }
            try tx.update(endpoint)
            if needsPing || changes.isEnabled == true { try tx.clearFailures(of: id) }
            if changes.isEnabled == false { try tx.disable(id, .user) }
            if needsPing, endpoint.state == .pending {
                let ping = self.ping(id, galaxyID: galaxyID)
                try tx.queue(Self.pingType, ping.body, messageID: ping.messageID, for: id)
            }
            return endpoint
        }
        wakeForChange()
        return endpoint
    }

    /// Removes an endpoint with all that waits for it.
    ///
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func deleteEndpoint(_ id: EndpointID, of space: SpaceID) async throws {
        try await database.transaction { tx in
            _ = try tx.endpoint(id, in: space)
            try tx.delete(id)
        }
    }

    /// Gives an endpoint another secret; the one before signs as well for a while.
    ///
    /// - Parameter overlap: in seconds.
    /// - Returns: the new secret, which is shown here only.
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func rotateSecret(of id: EndpointID, of space: SpaceID, overlap: Int64) async throws -> [UInt8] {
        let secret = SecureRandom.bytes(StandardWebhookSignature.secretLength)
        try await database.transaction { tx in
            let record = try tx.endpoint(id, in: space)
            try tx.execute(
                "UPDATE webhook_endpoints SET secret = $1, former_secret = $2, former_until = $3 WHERE id = $4",
                [
                    .blob(secret), .blob(record.secret), .integer(tx.now.adding(seconds: overlap).microseconds), .integer(id.rawValue),
                ])
        }
        return secret
    }

    /// Sends a ping to an endpoint.
    ///
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    public func test(_ id: EndpointID, of space: SpaceID, galaxyID: String) async throws {
        try await database.transaction { tx in
            _ = try tx.endpoint(id, in: space)
            let ping = self.ping(id, galaxyID: galaxyID)
            try tx.queue(Self.pingType, ping.body, messageID: ping.messageID, for: id)
        }
        wakeForChange()
    }

    private func check(_ text: String) throws(WebhookRefusal) {
        do throws(OutboundURLError) {
            _ = try url(text)
        } catch {
            throw .url(error.reason)
        }
    }

    private static func check(_ events: [String]) throws(WebhookRefusal) {
        if let unknown = events.first(where: { !EventFilter.isKnown($0) }) { throw .unknownEvent(unknown) }
    }
}

extension SQLReader {
    /// An endpoint of a space; one of another space is unknown there.
    ///
    /// - Throws: `WebhookRefusal.unknownEndpoint`.
    func endpoint(_ id: EndpointID, in space: SpaceID) throws -> EndpointRecord {
        guard let record = try endpoint(id), record.endpoint.spaceID == space else { throw WebhookRefusal.unknownEndpoint }
        return record
    }
}
