internal import Community
internal import JSON
internal import Primitives
internal import Storage

extension WebhookEngine {
    /// Tells of an endpoint that is disabled by this transaction (8.4): the audit log, and other endpoints of the galaxy that want to know.
    func tell(of endpoint: WebhookEndpoint, _ reason: DisabledReason, in tx: Transaction) throws {
        guard let space = endpoint.spaceID else { return }
        try Community.noteDisabledWebhook(endpoint.id.rawValue, of: space, reason: reason.rawValue, in: tx)
        let galaxyID = try Community.galaxyID(of: space, in: tx)
        let body = Self.body("webhook.disabled", at: tx.now, data: notice(endpoint.id, galaxyID: galaxyID, reason))
        let messageID = messageID()
        for other in try tx.endpoints(of: space)
        where other.endpoint.id != endpoint.id && other.endpoint.state == .active
            && EventFilter.matches(other.endpoint.events, "webhook.disabled")
        {
            try tx.queue("webhook.disabled", body, messageID: messageID, for: other.endpoint.id)
        }
    }

    /// What tells an endpoint that it is one.
    func ping(_ endpoint: EndpointID, galaxyID: String) -> (body: [UInt8], messageID: String) {
        (Self.body(Self.pingType, at: clock(), data: notice(endpoint, galaxyID: galaxyID)), messageID())
    }

    private func notice(_ endpoint: EndpointID, galaxyID: String, _ reason: DisabledReason? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.member("galaxyId", galaxyID)
            json.member("webhookId", String(endpoint.rawValue))
            if let reason { json.member("reason", reason.rawValue) }
        }
        return json.bytes
    }
}
