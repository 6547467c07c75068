internal import JSON
internal import Primitives

/// What the event of a deleted object keeps of it: enough to say what is gone, and to whom. Processes that hear of it through the log have no more.
struct RegistryRecord {
    var chosenID: String?
    var owner: AccountID
    var title: String
    var name: String
    var capacity: Int
    var tags: [String]
    var world: WorldID
    var worldChosenID: String?
    var version: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    private init(
        chosenID: String?, owner: AccountID, title: String, name: String = "", capacity: Int = 0, tags: [String],
        world: WorldID = WorldID(0), worldChosenID: String? = nil, version: String? = nil, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.chosenID = chosenID
        self.owner = owner
        self.title = title
        self.name = name
        self.capacity = capacity
        self.tags = tags
        self.world = world
        self.worldChosenID = worldChosenID
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    init(_ world: World) {
        self.init(
            chosenID: world.chosenID, owner: world.ownerID, title: world.title, capacity: world.capacity, tags: world.tags,
            createdAt: world.createdAt, updatedAt: world.updatedAt)
    }

    init(_ service: RegistryService) {
        self.init(
            chosenID: service.chosenID, owner: service.ownerID, title: service.title, tags: service.tags, version: service.version,
            createdAt: service.createdAt, updatedAt: service.updatedAt)
    }

    init(_ instance: Instance) {
        self.init(
            chosenID: instance.chosenID, owner: instance.ownerID, title: instance.title, name: instance.name, capacity: instance.capacity,
            tags: instance.tags, world: instance.worldID, worldChosenID: instance.worldChosenID, version: instance.worldVersion,
            createdAt: instance.createdAt,
            updatedAt: instance.updatedAt)
    }

    /// From the data of an event; nil for anything else.
    init?(_ text: String) {
        guard let object = try? JSONValue.parse(Array(text.utf8)).object(), let owner = try? object.required("owner").integer(),
            let title = try? object.required("title").string(), let name = try? object.required("name").string(),
            let capacity = try? object.required("capacity").integer(), let tags = try? object.required("tags").string(),
            let world = try? object.required("world").integer(), let created = try? object.required("created_at").integer(),
            let updated = try? object.required("updated_at").integer()
        else { return nil }
        self.init(
            chosenID: try? object.optional("chosen_id")?.string(), owner: AccountID(owner), title: title, name: name,
            capacity: Int(capacity), tags: RegistryText.list(tags), world: WorldID(world),
            worldChosenID: try? object.optional("world_chosen_id")?.string(),
            version: try? object.optional("version")?.string(),
            createdAt: Timestamp(microseconds: created), updatedAt: Timestamp(microseconds: updated))
    }

    /// The data of an event.
    var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("chosen_id", chosenID)
            json.member("owner", owner.rawValue)
            json.member("title", title)
            json.member("name", name)
            json.member("capacity", capacity)
            json.member("tags", RegistryText.joined(tags))
            json.member("world", world.rawValue)
            json.member("world_chosen_id", worldChosenID)
            json.member("version", version)
            json.member("created_at", createdAt.microseconds)
            json.member("updated_at", updatedAt.microseconds)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    func world(_ id: WorldID) -> World {
        World(
            id: id, chosenID: chosenID, ownerID: owner, title: title, capacity: capacity, tags: tags, createdAt: createdAt,
            updatedAt: updatedAt)
    }

    func service(_ id: RegistryServiceID) -> RegistryService {
        RegistryService(
            id: id, chosenID: chosenID, ownerID: owner, title: title, description: nil, version: version ?? "", url: nil, tags: tags,
            requirements: [], createdAt: createdAt, updatedAt: updatedAt)
    }

    func instance(_ id: InstanceID) -> Instance {
        Instance(
            id: id, chosenID: chosenID, ownerID: owner, name: name, title: title, description: nil, capacity: capacity, worldID: world,
            worldChosenID: worldChosenID, hasWorld: true, worldVersion: version, tags: tags, hasPassword: false, whitelist: nil,
            createdAt: createdAt, updatedAt: updatedAt)
    }
}
