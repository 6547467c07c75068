/// The gateway sockets of one loop, logged in or not, so that a drain reaches all of them.
final class GatewaySockets {
    private var connections: [ObjectIdentifier: GatewayConnection] = [:]

    var count: Int { connections.count }

    func add(_ connection: GatewayConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: GatewayConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Tells every client to reconnect and resume.
    func drain() {
        for connection in connections.values { connection.drain() }
    }
}
