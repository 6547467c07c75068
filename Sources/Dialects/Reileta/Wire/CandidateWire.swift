internal import Community
internal import JSON
internal import Primitives

/// Candidates on the wire (contracts/reileta.md 4.7).
extension Wire {
    /// Candidate.
    ///
    /// - Parameter instance: the id of the instance, without the server.
    func candidate(_ candidate: Candidate, of instance: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", identity.identifiers.text(.candidate, candidate.id.rawValue))
            json.member("instance", "\(instance)@\(identity.address)")
            json.member("user", identity.userAt(candidate.account.id))
            json.member("display", candidate.account.displayName ?? candidate.account.username)
            json.member("state", candidate.state.name)
            if let position = candidate.position { json.member("position", position) }
            json.present("message", candidate.message)
            json.member("created_at", candidate.createdAt.wireMilliseconds)
            if candidate.state == .accepted, let end = candidate.expiresAt { json.member("expires_at", end.wireMilliseconds) }
        }
    }
}
