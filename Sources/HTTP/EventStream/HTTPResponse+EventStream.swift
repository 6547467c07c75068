public import Primitives

extension HTTPResponse {
    /// 200 `text/event-stream` that stays open until one side ends it, with what keeps proxies from storing or collecting it.
    ///
    /// - Parameters:
    ///   - keepAlive: how often a comment with the time, in whole seconds since 1970, is sent; `EventStream.onTick` is called before it.
    ///   - clock: tells that time.
    ///   - start: gets the open stream on its loop, once its head is queued. Not called when there will be no stream: for HEAD, when the client has
    ///     gone already, or when the body of its request is still coming.
    public static func eventStream(
        keepAlive: Duration, clock: @escaping WallClock, start: @escaping @Sendable (EventStream) -> Void
    ) -> HTTPResponse {
        var response = HTTPResponse(
            body: .endless { stream in
                let events = EventStream(stream, keepAlive: keepAlive, clock: clock)
                events.open()
                start(events)
            })
        response.headers.add("Content-Type", "text/event-stream")
        response.headers.add("Cache-Control", "no-store")
        response.headers.add("X-Accel-Buffering", "no")
        return response
    }
}
