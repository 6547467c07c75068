internal import Community
internal import Federation
internal import JSON
internal import Primitives

/// Asks other servers what their people are called.
final class ExternalPeople: Sendable {
    private let peers: Peers
    private let reads: ForeignReads

    init(peers: Peers, reads: ForeignReads) {
        self.peers = peers
        self.reads = reads
    }

    /// What a server says of one of its people now, or has said within the last minute.
    ///
    /// - Throws: `Failure` 17 when it knows nobody of that id; `PeerFailure`, `DatabaseError`.
    func describe(_ name: ExternalName, deadline: PeerDeadline = PeerDeadline()) async throws -> ExternalPerson {
        let kept = try await reads.data("person \(name.text)") {
            let data: JSONValue
            do {
                data = try await peers.call(PeerCall("GET", "/api/users/\(name.id)"), at: name.server, deadline: deadline).data
            } catch PeerFailure.refused(FailureCode.userNotFound.rawValue, _, _) {
                throw Failure(.userNotFound)
            }
            guard let person = try? Self.person(name, data) else { throw PeerFailure.badStructure(reason: "no user") }
            var json = JSONWriter()
            json.object { json in
                json.member("id", name.id)
                json.member("username", person.username)
                json.member("display", person.display)
            }
            return json.bytes
        }
        return try Self.person(name, JSONValue.parse(kept))
    }

    private static func person(_ name: ExternalName, _ data: JSONValue) throws -> ExternalPerson {
        let object = try data.object()
        let username = try object.required("username").string()
        let display = try object.optional("display")?.string() ?? username
        guard try object.required("id").string() == name.id, (1...64).contains(username.unicodeScalars.count),
            username.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }), display.unicodeScalars.count <= 256
        else { throw JSONError.malformed(reason: "no user") }
        return ExternalPerson(name: name, username: username, display: display)
    }
}
