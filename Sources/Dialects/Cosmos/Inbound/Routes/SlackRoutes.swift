internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Storage

/// Webhooks as programs for Slack and Mattermost use them (contracts/cosmos.md 9.3, 9.4): their answers are plain words.
struct SlackRoutes {
    let endpoints: Endpoints

    /// - Parameter router: below `/webhooks`.
    func mountSlack(on router: inout RouteGroup) {
        router.post("/:webhook_id/:token/slack", answering(postSlack))
    }

    /// - Parameter router: below `/hooks`.
    func mountMattermost(on router: inout RouteGroup) {
        router.post("/:token", answering(postMattermost))
    }

    @Sendable private func postSlack(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (call, json) = try await read(request)
        var slack = SlackPost(json: json, style: .slack)
        slack.members = try await endpoints.community.members(of: call.webhook.spaceID, among: slack.identifiers)
        let post = try slack.post().fitted()
        _ = try await endpoints.community.execute(call.webhook.id, token: call.token, [post])
        return .text("ok")
    }

    @Sendable private func postMattermost(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (call, json) = try await read(request)
        var mattermost = MattermostPost(json: json)
        // A webhook is tied to its channel, whatever senders wish.
        if let channel = mattermost.channel, channel != call.webhook.channelName, channel != call.webhook.channelWireID {
            throw SlackRefusal.actionProhibited
        }
        mattermost.members = try await endpoints.community.members(of: call.webhook.spaceID, among: mattermost.identifiers)
        let posts = try mattermost.posts()
        // The first one was counted before the body was read.
        for _ in posts.dropFirst() { _ = try endpoints.countMessage(of: call.webhook, isPart: true) }
        _ = try await endpoints.community.execute(call.webhook.id, token: call.token, posts)
        return .text("ok")
    }

    private func read(_ request: HTTPRequest) async throws -> (Endpoints.WebhookCall, JSONObject) {
        let call = try await endpoints.call(request)
        _ = try endpoints.countMessage(of: call.webhook)
        let payload = try await InboundPayload(request, limit: InboundLimits.body)
        return (call, try payload.object(limit: InboundLimits.body))
    }

    private func answering(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> Handler {
        { request in
            var response: HTTPResponse
            do {
                response = try await handler(request)
            } catch {
                response = Self.answer(to: error)
                if response.status.code == 500 { endpoints.services.shared.reportFailure(error) }
            }
            Endpoints.complete(&response, version: endpoints.prefix ?? VersionPolicy.current)
            return response
        }
    }

    /// The table of contracts/cosmos.md 9.3.
    private static func answer(to error: any Error) -> HTTPResponse {
        switch error {
        case let refusal as SlackRefusal: return .text(refusal.rawValue, status: refusal.status)
        case CommunityError.unknownWebhook: return answer(to: SlackRefusal.channelNotFound)
        case CommunityError.emptyMessage: return answer(to: SlackRefusal.noText)
        case CommunityError.spaceReadOnly: return answer(to: SlackRefusal.channelIsArchived)
        case CommunityError.spaceSuspended, CommunityError.missingPermission: return answer(to: SlackRefusal.actionProhibited)
        case CommunityError.invalid, is InboundPayload.Failure, is JSONError: return answer(to: SlackRefusal.invalidPayload)
        case let limit as RateLimitReached:
            var response = HTTPResponse.text("rate_limited", status: .tooManyRequests)
            response.headers.set("Retry-After", String(Int(limit.afterSeconds.rounded(.up))))
            limit.status.add(to: &response.headers)
            return response
        case HTTPError.bodyTooLarge: return .text(SlackRefusal.invalidPayload.rawValue, status: .contentTooLarge)
        case let error as HTTPError: return .text(SlackRefusal.invalidPayload.rawValue, status: error.status)
        case CommunityError.busy, is DatabaseError: return .text(SlackRefusal.rollupError.rawValue, status: .serviceUnavailable)
        default: return answer(to: SlackRefusal.rollupError)
        }
    }
}

extension SlackRefusal {
    /// The status that Slack gives with its word.
    fileprivate var status: HTTPStatus {
        switch self {
        case .invalidPayload, .noText: .badRequest
        case .actionProhibited: .forbidden
        case .channelNotFound: .notFound
        case .channelIsArchived: .gone
        case .rollupError: .internalServerError
        }
    }
}
