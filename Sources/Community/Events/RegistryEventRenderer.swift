internal import Storage

/// Fills events of the registry with their objects as they are now; what has gone since is left out, what an event says is gone is as it was.
enum RegistryEventRenderer {
    static func content(of event: Event, _ kind: EventKind, from reader: any SQLReader) throws -> CommunityEvent? {
        let record = event.data.flatMap { RegistryRecord($0) }
        switch kind {
        case .serverUpdated: return try reader.registryServer().map { .serverUpdated($0) }
        case .worldCreated: return try reader.world(WorldID(event.subjectID)).map { .worldChanged($0, .created) }
        case .worldUpdated: return try reader.world(WorldID(event.subjectID)).map { .worldChanged($0, .updated) }
        case .worldDeleted: return record.map { .worldChanged($0.world(WorldID(event.subjectID)), .deleted) }
        case .serviceCreated: return try reader.service(RegistryServiceID(event.subjectID)).map { .serviceChanged($0, .created) }
        case .serviceUpdated: return try reader.service(RegistryServiceID(event.subjectID)).map { .serviceChanged($0, .updated) }
        case .serviceDeleted: return record.map { .serviceChanged($0.service(RegistryServiceID(event.subjectID)), .deleted) }
        case .instanceCreated: return try reader.instance(InstanceID(event.subjectID)).map { .instanceChanged($0, .created) }
        case .instanceUpdated: return try reader.instance(InstanceID(event.subjectID)).map { .instanceChanged($0, .updated) }
        case .instanceDeleted: return record.map { .instanceChanged($0.instance(InstanceID(event.subjectID)), .deleted) }
        case .candidateChanged: return try event.data.flatMap { try CandidateChange(record: $0, reader) }.map { .candidateChanged($0) }
        case .queueChanged: return try reader.instance(InstanceID(event.subjectID)).map { .queueChanged(try reader.queue(of: $0)) }
        default: return nil
        }
    }
}
