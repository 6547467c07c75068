internal import JSON
internal import Primitives
internal import Storage

/// A change of a candidate as its event keeps it, for processes that hear of it through the log: the candidate may be gone by then.
extension CandidateChange {
    /// The data of the event.
    var record: String {
        var json = JSONWriter()
        json.object { json in
            json.member("id", candidate.id.rawValue)
            json.member("instance", place.id.rawValue)
            json.member("chosen_id", place.chosenID)
            json.member("owner", place.ownerID.rawValue)
            json.member("moderators", RegistryText.joined(place.moderators))
            json.member("account", candidate.account.id.rawValue)
            json.member("action", action.rawValue)
            json.member("state", candidate.state.rawValue)
            if let position = candidate.position { json.member("position", position) }
            json.member("message", candidate.message)
            json.member("is_approved", candidate.isApproved)
            json.member("created_at", candidate.createdAt.microseconds)
            if let expiresAt = candidate.expiresAt { json.member("expires_at", expiresAt.microseconds) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Nil for anything else, and when the person is gone.
    init?(record: String, _ reader: any SQLReader) throws {
        guard let object = try? JSONValue.parse(Array(record.utf8)).object(), let id = try? object.required("id").integer(),
            let instance = try? object.required("instance").integer(), let owner = try? object.required("owner").integer(),
            let moderators = try? object.required("moderators").string(), let account = try? object.required("account").integer(),
            let action = (try? object.required("action").string()).flatMap({ Candidate.Action(rawValue: $0) }),
            let state = (try? object.required("state").integer()).flatMap({ Candidate.State(rawValue: $0) }),
            let isApproved = try? object.required("is_approved").bool(), let createdAt = try? object.required("created_at").integer()
        else { return nil }
        let person: Account
        do {
            person = try reader.account(AccountID(account))
        } catch CommunityError.unknownAccount {
            return nil
        }
        let position = try? object.optional("position")?.integer()
        let expiresAt = try? object.optional("expires_at")?.integer()
        self.init(
            candidate: Candidate(
                id: CandidateID(id), instanceID: InstanceID(instance), account: person, state: state, position: position.map { Int($0) },
                message: try? object.optional("message")?.string(), isApproved: isApproved,
                createdAt: Timestamp(microseconds: createdAt), expiresAt: expiresAt.map { Timestamp(microseconds: $0) }),
            action: action,
            place: InstanceReference(
                id: InstanceID(instance), chosenID: try? object.optional("chosen_id")?.string(), ownerID: AccountID(owner),
                moderators: RegistryText.accounts(moderators)))
    }
}
