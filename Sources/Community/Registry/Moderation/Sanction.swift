internal import Primitives
internal import Storage

/// What a moderator of an instance has decided about somebody for as long as it is not taken back. The numbers stand in the database and never change.
public enum Sanction: Int64, Sendable {
    /// May not come in.
    case ban = 0
    /// May not send data to others.
    case mute = 1
}

/// How somebody stands at the door of an instance.
public struct EntryStanding: Sendable, Equatable {
    /// Whether it may not come in.
    public var isBanned: Bool
    /// Whether it may not send data to others.
    public var isMuted: Bool
    /// What became of its request to come in.
    public var candidate: Candidate?

    /// How somebody stands.
    public init(isBanned: Bool, isMuted: Bool, candidate: Candidate? = nil) {
        self.isBanned = isBanned
        self.isMuted = isMuted
        self.candidate = candidate
    }
}

extension SQLReader {
    func isSanctioned(_ account: AccountID, _ sanction: Sanction, in instance: InstanceID) throws -> Bool {
        try first(
            "SELECT account_id FROM instance_sanctions WHERE instance_id = $1 AND account_id = $2 AND kind = $3",
            [.integer(instance.rawValue), .integer(account.rawValue), .integer(sanction.rawValue)]
        ) { _ in true } ?? false
    }
}
