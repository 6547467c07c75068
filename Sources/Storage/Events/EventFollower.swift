/// Who is told of committed events, and how far that one has been told.
///
/// The events of this process come with their objects, right after their commit. Those that another process has committed to the same database
/// are found in the log, before the next of this process or at the next look, so that all come in the order of their ids.
public struct EventFollower: Sendable {
    /// Gives events of the log their objects; what is gone is left out. On the writer's thread.
    public typealias Filler = @Sendable (_ events: [Event], _ reader: any SQLReader) throws -> [Event]

    /// Events of other processes that are read at a time.
    static let pageSize = 256

    private let fill: Filler
    private let publish: @Sendable ([Event]) -> Void
    private(set) var position: Int64

    /// - Parameters:
    ///   - position: the id of the last event that is known already.
    ///   - fill: gives events of other processes their objects.
    ///   - publish: takes events in the order of commits, before the callers of their transactions go on. On the writer's thread.
    public init(after position: Int64, fill: @escaping Filler, publish: @escaping @Sendable ([Event]) -> Void) {
        self.position = position
        self.fill = fill
        self.publish = publish
    }

    /// Takes the events of a group, once it is committed.
    ///
    /// - Parameter previous: the id of the last event before the group.
    mutating func committed(_ events: [Event], after previous: Int64, reader: any SQLReader) {
        guard let last = events.last else { return }
        // Whoever cannot be told of them in order is not told at all: the log is the record.
        try? look(upTo: previous, reader: reader)
        publish(events)
        position = last.id
    }

    /// Takes what the log has that was not told yet.
    mutating func look(reader: any SQLReader) throws {
        try look(upTo: EventLog.position(reader).latest, reader: reader)
    }

    private mutating func look(upTo latest: Int64, reader: any SQLReader) throws {
        while position < latest {
            let page = try EventLog.events(after: position, upTo: latest, limit: Self.pageSize, in: reader)
            let filled = try fill(page, reader)
            if !filled.isEmpty { publish(filled) }
            // Beyond the last one there may be those of a scope that means nothing here.
            position = page.last?.id ?? latest
        }
    }
}
