internal import Community
internal import Dialect
internal import HTTP
internal import Security

/// What all routes have in common whose callers have the token of a webhook.
extension Endpoints {
    /// A request with a webhook's token that is right.
    struct WebhookCall: Sendable {
        var request: HTTPRequest
        var webhook: IncomingWebhook
        var token: String
    }

    /// A route below the id and token of a webhook.
    ///
    /// The body is not read before the token is known to be right; wrong ones are counted by address.
    func withToken(_ handler: @escaping @Sendable (WebhookCall) async throws -> HTTPResponse) -> Handler {
        answering { request in
            do {
                return try await handler(try await call(request))
            } catch let failure as InboundPayload.Failure {
                throw Problem(failure)
            } catch let error as RateLimitReached where error.status.bucket.hasPrefix(InboundLimits.webhook.name) {
                return DiscordWire.rateLimited(error)
            }
        }
    }

    /// - Throws: `CommunityError.unknownWebhook`, the same for an unknown id and a wrong token; `RateLimitReached` for many of them.
    func call(_ request: HTTPRequest) async throws -> WebhookCall {
        let token = request.parameters["token"] ?? ""
        return try await countingFailures(of: request) {
            if let text = request.parameters["webhook_id"] {
                let id = Int64(text).flatMap { String($0) == text ? $0 : nil } ?? 0
                return WebhookCall(
                    request: request, webhook: try await community.webhook(WebhookID(id), token: token), token: token)
            }
            return WebhookCall(request: request, webhook: try await community.webhook(token: token), token: token)
        }
    }

    private func countingFailures(of request: HTTPRequest, _ body: () async throws -> WebhookCall) async throws -> WebhookCall {
        do {
            return try await body()
        } catch CommunityError.unknownWebhook {
            _ = try services.shared.limits.count(services.shared.clientAddress(request), CosmosLimits.failures)
            throw CommunityError.unknownWebhook
        }
    }

    /// Counts a message of a webhook.
    ///
    /// - Parameter isPart: whether it came together with others that were counted, or was counted in another way, so that only the channel counts it.
    /// - Returns: what is left for the webhook.
    func countMessage(of webhook: IncomingWebhook, isPart: Bool = false) throws(RateLimitReached) -> RateLimitStatus? {
        let limits = services.shared.limits
        let status = isPart ? nil : try limits.count(String(webhook.id.rawValue), InboundLimits.webhook)
        _ = try limits.count(String(webhook.channelID.rawValue), InboundLimits.channel)
        return status
    }

    /// Counts a delivery of GitHub, shown or not, before it is read: a push may cause a burst of them, and GitHub does not try again.
    func countDelivery(to webhook: IncomingWebhook) throws(RateLimitReached) -> RateLimitStatus? {
        try services.shared.limits.count(String(webhook.id.rawValue), InboundLimits.deliveries)
    }
}
