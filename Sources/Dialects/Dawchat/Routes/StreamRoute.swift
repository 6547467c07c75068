internal import Community
internal import Dialect
internal import HTTP

/// The event stream (contracts/dawchat.md 4).
struct StreamRoute {
    let endpoints: Endpoints
    let gateway: StreamGateway

    var handler: Handler {
        endpoints.signedIn { [endpoints, gateway] request, session in
            let lastEventID = request.headers[first: "last-event-id"] ?? request.query[first: "lastEventId"]
            let lastMessage = lastEventID.flatMap { try? Number.identifier($0, "Last-Event-ID") }.map { MessageID($0) }
            // Before the client sees the head: from then on it may rely on hearing of everything.
            let position = try await endpoints.community.eventPosition().latest
            return .eventStream(keepAlive: gateway.settings.keepAlive, clock: gateway.services.clock) { stream in
                StreamConnection(stream, session: session, gateway: gateway).start(after: lastMessage, at: position)
            }
        }
    }
}
