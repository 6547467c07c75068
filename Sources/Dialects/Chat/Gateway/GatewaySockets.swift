/// The gateway sockets of one loop, logged in or not, so that a drain reaches all of them.
final class GatewaySockets {
    private var connections: [ObjectIdentifier: GatewayConnection] = [:]
    /// Whether the server is going down: a socket that arrives now is sent away as well.
    private(set) var isDraining = false

    var count: Int { connections.count }

    func add(_ connection: GatewayConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: GatewayConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Tells every client to reconnect and resume.
    func drain() {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
    }
}
