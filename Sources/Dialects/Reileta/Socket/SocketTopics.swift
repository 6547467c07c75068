/// What a socket has subscribed to (contracts/reileta.md 5.3, 5.4): names of events, groups of them, or events of one object as `event:id`.
struct SocketTopics: Sendable {
    /// Topics of one socket.
    static let limit = 200

    private static let updates = ["update-user", "update-server", "update-world", "update-service", "update-instance"]
    private static let instances = [
        "instance-joined", "instance-left", "instance-data", "instance-candidate", "instance-queue", "instance-moderation",
        "instance-transform",
    ]
    private static let names = Set(
        ["all", "ping", "authentication", "authenticated", "unauthenticated", "subscribed", "unsubscribed", "update", "instance"] + updates
            + instances)
    /// Events that can be had of one object.
    private static let ofObjects: Set<String> = ["update-user", "update-world", "update-service", "update-instance", "instance"]

    private var topics: Set<String> = ["ping", "authentication"]

    /// How many there are.
    var count: Int { topics.count }

    /// An event, of all objects or of one.
    struct Name: Equatable {
        var event: String
        /// The id of the object, without the server.
        var object: String?

        /// Nil for what is no event.
        init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                guard SocketTopics.names.contains(text) else { return nil }
                event = text
                return
            }
            guard SocketTopics.ofObjects.contains(parts[0]), !parts[1].isEmpty else { return nil }
            event = parts[0]
            object = ObjectName(parts[1]).text
        }

        var text: String { object.map { "\(event):\($0)" } ?? event }
    }

    /// - Returns: false when there are as many as there may be.
    mutating func insert(_ name: Name) -> Bool {
        guard topics.count < Self.limit || topics.contains(name.text) else { return false }
        topics.insert(name.text)
        return true
    }

    /// - Returns: whether it was there.
    mutating func remove(_ name: Name) -> Bool {
        topics.remove(name.text) != nil
    }

    /// Takes away what is about single objects: they were asked for by somebody else.
    mutating func removeObjects() {
        topics = topics.filter { !$0.contains(":") }
    }

    /// Whether an event is wanted, by its name, by its group, or for the object that it is about.
    func want(_ event: String, of object: String? = nil) -> Bool {
        if topics.contains("all") || topics.contains(event) { return true }
        if let object, topics.contains("\(event):\(object)") { return true }
        if event.hasPrefix("update-") { return topics.contains("update") }
        if event.hasPrefix("instance-") { return topics.contains("instance") || object.map { topics.contains("instance:\($0)") } ?? false }
        if event.hasSuffix("authenticated") { return topics.contains("authentication") }
        return false
    }

    /// Whether any change of the registry is wanted.
    var wantRegistry: Bool {
        topics.contains { topic in
            switch topic {
            case "all", "update", "instance", "instance-candidate", "instance-queue": true
            default: topic.hasPrefix("update-") && !topic.hasPrefix("update-user")
            }
        }
    }

    /// Whether changes of people in general are wanted, not only of one.
    var wantPeople: Bool { want("update-user") }
}
