/// The connections of one loop, and what they share there.
final class LoopConnections {
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var lastRequestID: UInt64
    /// Whether the server is going down: no connection serves another request.
    private(set) var isDraining = false
    let date = DateField()

    init(loopIndex: Int) {
        // The loops count in ranges of their own.
        lastRequestID = UInt64(truncatingIfNeeded: loopIndex) << 48
    }

    func nextRequestID() -> UInt64 {
        lastRequestID += 1
        return lastRequestID
    }

    func add(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    func drain() {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
    }

    func cut() {
        for connection in Array(connections.values) { connection.cut() }
    }
}
