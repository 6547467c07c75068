internal import Community
internal import Dialect
internal import Gateway
internal import Reactor

/// What all event streams share.
final class StreamGateway: Sendable {
    let services: DialectServices
    let settings: DawchatSettings
    let registry: SocketRegistry
    let encoder = DawchatEventEncoder()
    private let perLoop: [LoopBound<OpenStreams>]

    init(_ services: DialectServices, settings: DawchatSettings) {
        self.services = services
        self.settings = settings
        registry = SocketRegistry(limit: settings.streamsPerUser, whenFull: .oldestGivesWay)
        perLoop = services.group.loops.map { LoopBound(OpenStreams(), loop: $0) }
    }

    var community: Community { services.community }

    /// The streams of a loop. On that loop only.
    func streams(of loop: EventLoop) -> OpenStreams {
        perLoop[loop.index].value
    }

    /// Ends all streams, and those that are opened from now on.
    func drain() {
        for streams in perLoop {
            streams.loop.execute { streams.value.drain() }
        }
    }
}

/// The event streams of one loop, so that a drain reaches all of them.
final class OpenStreams {
    private var streams: [ObjectIdentifier: StreamConnection] = [:]
    private var isDraining = false

    func add(_ stream: StreamConnection) {
        streams[ObjectIdentifier(stream)] = stream
        if isDraining { stream.end() }
    }

    func remove(_ stream: StreamConnection) {
        streams[ObjectIdentifier(stream)] = nil
    }

    /// Ends every stream.
    func drain() {
        isDraining = true
        for stream in Array(streams.values) { stream.end() }
    }
}
