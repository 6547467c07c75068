internal import Community
internal import Gateway
internal import JSON

/// Writes what happens in the registry as messages, each once for all sockets. Lists that may be long are left out: clients read small frames.
final class RegistryEventEncoder: EventEncoder {
    private let wire: Wire

    init(wire: Wire) {
        self.wire = wire
    }

    func encode(_ envelope: Envelope) -> EncodedEvent? {
        switch envelope.content {
        case .serverUpdated(let server):
            wire.identity.update(server)
            return event("update-server") { json in
                json.key("server")
                wire.server(to: &json)
            }
        case .worldChanged(let world, let action):
            return event("update-world") { json in
                json.key("world")
                wire.world(world, assets: nil, to: &json)
                json.member("action", action.rawValue)
            }
        case .serviceChanged(let service, let action):
            return event("update-service") { json in
                json.key("service")
                wire.service(service, to: &json)
                json.member("action", action.rawValue)
            }
        case .instanceChanged(let instance, let action):
            return event("update-instance") { json in
                json.key("instance")
                wire.instance(instance, players: nil, to: &json)
                json.member("action", action.rawValue)
            }
        case .candidateChanged(let change):
            return event("instance-candidate") { json in
                let instance = wire.identity.instance(change.place)
                json.member("instance", instance)
                json.key("candidate")
                wire.candidate(change.candidate, of: instance, to: &json)
                json.member("action", change.action.rawValue)
            }
        case .queueChanged(let queue):
            // For those who decide; who waits is told of itself only.
            return event("instance-queue") { json in
                let instance = wire.identity.instance(queue.place)
                json.member("instance", instance)
                json.member("total", queue.accounts.count)
                json.member(
                    "items",
                    array: { json in
                        for candidate in queue.first where json.bytes.count < SocketFrame.smallLimit - 1_536 {
                            wire.candidate(candidate, of: instance, to: &json)
                        }
                    })
            }
        default: return nil
        }
    }

    func encode(_ event: FleetingEvent) -> [UInt8]? { nil }

    private func event(_ name: String, _ members: (inout JSONWriter) -> Void) -> EncodedEvent {
        EncodedEvent(common: SocketFrame.event(name, members))
    }
}
