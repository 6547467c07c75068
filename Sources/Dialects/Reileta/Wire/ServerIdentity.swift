internal import Community
internal import Primitives

/// What this server says of itself, and how its objects are named. Any thread asks.
final class ServerIdentity: Sendable {
    private let kept: Mutex<RegistryServer>
    private let settings: ReiletaSettings
    /// Who is at home on another server.
    private let people: ExternalNames
    /// Ids on the wire.
    let identifiers: RegistryIdentifier

    init(_ server: RegistryServer, people: ExternalNames, settings: ReiletaSettings) {
        kept = Mutex(server)
        self.people = people
        self.settings = settings
        identifiers = RegistryIdentifier(key: server.key)
    }

    /// What is kept about the server.
    var server: RegistryServer { kept.withLock { $0 } }

    /// Takes note of a change.
    func update(_ server: RegistryServer) {
        kept.withLock { $0 = server.updatedAt >= $0.updatedAt ? server : $0 }
    }

    /// The id of the server.
    var id: String { settings.id ?? settings.address ?? settings.origin.authority }
    /// Shown to people.
    var title: String { server.title ?? settings.title }
    /// Host and port, the same everywhere.
    var address: String { server.address ?? settings.address ?? settings.origin.authority }
    /// Whether it is reached by TLS.
    var isSecure: Bool { server.isSecure ?? settings.isSecure ?? (settings.origin.scheme == "https") }

    /// Where HTTP requests go: the public origin, by TLS where the server is said to be reached by it. The address is a name, and may be another.
    var httpGateway: String { "\(isSecure ? "https" : "http")://\(settings.origin.authority)" }

    /// The own gateway, as it is told to those who have come another way; nil where the operator has set none.
    var configuredGateway: Gateway? { settings.hasPublicURL ? Gateway(isSecure: isSecure, address: settings.origin.authority) : nil }

    /// Where sockets go.
    var socketGateway: String { "ws" + httpGateway.dropFirst(4) + "/api/ws" }

    /// Whether an address is that of this server.
    func isOwn(_ address: String) -> Bool {
        [self.address.lowercased(), settings.origin.authority, String(httpGateway.drop { $0 != "/" }.dropFirst(2))]
            .contains(ObjectName.authority(address))
    }

    // MARK: Names of objects

    /// A person, by the id that its own server has given it.
    func user(_ id: AccountID) -> String { people[id]?.id ?? identifiers.text(.user, id.rawValue) }
    /// A person with the server that it is at home on: unambiguous everywhere.
    func userAt(_ id: AccountID) -> String { people[id]?.text ?? "\(identifiers.text(.user, id.rawValue))@\(address)" }
    /// Whether a person is at home on another server.
    func isExternal(_ id: AccountID) -> Bool { people[id] != nil }

    func world(_ world: World) -> String { identifiers.text(.world, world.id.rawValue, chosen: world.chosenID) }
    func asset(_ asset: WorldAsset) -> String { identifiers.text(.asset, asset.id.rawValue, chosen: asset.chosenID) }
    func service(_ service: RegistryService) -> String { identifiers.text(.service, service.id.rawValue, chosen: service.chosenID) }
    func instance(_ instance: Instance) -> String { identifiers.text(.instance, instance.id.rawValue, chosen: instance.chosenID) }

    func instance(_ place: InstanceReference) -> String { identifiers.text(.instance, place.id.rawValue, chosen: place.chosenID) }

    func world(of instance: Instance) -> String { identifiers.text(.world, instance.worldID.rawValue, chosen: instance.worldChosenID) }

    /// Which account an id means; nil for what is no id of an account here.
    func account(_ text: some StringProtocol) -> AccountID? {
        guard case .number(let number)? = identifiers.reference(.user, text) else { return nil }
        return AccountID(number)
    }
}
