import Primitives
import Storage

/// What a database hands to its publisher: the events of each commit.
final class PublishedEvents: Sendable {
    private let groups = Mutex<[[Event]]>([])

    init(of database: Database) {
        // What was there before is nobody's news here.
        database.follow(
            EventFollower(after: .max, fill: { events, _ in events }) { [self] events in groups.withLock { $0.append(events) } })
    }

    /// All events, in order.
    var events: [Event] { groups.withLock { $0.flatMap { $0 } } }

    /// What they are about.
    var subjects: [Int64] { events.map(\.subjectID) }

    /// How many events each commit had that had any.
    var counts: [Int] { groups.withLock { $0.map(\.count) } }
}
