internal import Community
internal import HTTP
internal import JSON
internal import Primitives
internal import Security

/// Deliveries of GitHub (contracts/cosmos.md 9.6). What is not shown is accepted all the same: GitHub would list it as failed.
struct GitHubRoute {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/:webhook_id/:token/github", endpoints.withToken(deliver))
    }

    @Sendable private func deliver(_ call: Endpoints.WebhookCall) async throws -> HTTPResponse {
        let headers = call.request.headers
        guard let event = headers[first: "x-github-event"], !event.isEmpty else {
            throw Problem(.invalid, "The header X-GitHub-Event is missing.")
        }
        _ = try endpoints.countDelivery(to: call.webhook)
        // The whole body: the signature is over what came, in whatever form.
        let body = try await call.request.body.collect(upTo: InboundLimits.gitHubBody)
        if let secret = try await endpoints.community.gitHubSecret(of: call.webhook.id, token: call.token) {
            guard Self.isSigned(body, headers.all("x-hub-signature-256"), secret: secret) else {
                throw Problem(.wrongWebhookSignature, "The header X-Hub-Signature-256 is missing or wrong.")
            }
        }
        let payload = try InboundPayload(body, contentType: headers[first: "content-type"])
        let json = try payload.object(limit: InboundLimits.gitHubBody)
        let showsAllChecks = call.request.query[first: "checks"] == "all"
        guard let post = GitHubEvent(name: event, json: json, showsAllChecks: showsAllChecks).post else {
            return HTTPResponse(status: .noContent)
        }
        let delivery = headers[first: "x-github-delivery"].flatMap { (1...128).contains($0.utf8.count) ? $0.lowercased() : nil }
        _ = try endpoints.countMessage(of: call.webhook, isPart: true)
        _ = try await endpoints.community.execute(call.webhook.id, token: call.token, [post], delivery: delivery)
        return HTTPResponse(status: .noContent)
    }

    /// Whether there is one signature and it is right. The one with SHA-1 is not looked at.
    static func isSigned(_ body: [UInt8], _ signatures: [String], secret: String) -> Bool {
        let prefix = "sha256="
        guard signatures.count == 1, let text = signatures.first, text.hasPrefix(prefix),
            let code = Hex.decode(text.dropFirst(prefix.count))
        else { return false }
        return HMACSHA256(key: Array(secret.utf8)).verify(code, of: body)
    }
}
