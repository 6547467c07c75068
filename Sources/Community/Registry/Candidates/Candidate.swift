public import Primitives

/// Stands for candidates in ids.
public typealias CandidateID = Identifier<Candidate>

/// Somebody who asks to come into an instance, or is invited (contracts/reileta.md 3.5, 4.7).
public struct Candidate: Sendable, Equatable {
    /// How far it has come. The numbers stand in the database and never change.
    public enum State: Int64, Sendable {
        /// Waits for somebody who decides.
        case pending = 0
        /// May come in, and waits for a place.
        case queued = 1
        /// A place is held.
        case accepted = 2
        /// May not come in, and not ask again for a while.
        case refused = 3
        /// Has not come while a place was held.
        case expired = 4

        /// The word on the wire.
        public var name: String { "\(self)" }
        /// Whether something may come of it still.
        public var isOpen: Bool { self == .pending || self == .queued || self == .accepted }
    }

    /// What has happened to a candidate.
    public enum Action: String, Sendable {
        /// It is new.
        case added
        /// It has come in, has changed its mind, or was taken off the list.
        case removed
        /// A place is held for it.
        case accepted
        /// It may not come in.
        case refused
        /// It has not come.
        case expired
    }

    /// The number.
    public var id: CandidateID
    /// Where to.
    public var instanceID: InstanceID
    /// Who.
    public var account: Account
    /// How far it has come.
    public var state: State
    /// Which place in the queue, from 1; nil unless it is in it.
    public var position: Int?
    /// What it says; at most 128 characters. For those who decide, and itself.
    public var message: String?
    /// Whether somebody who decides has let it in: then it needs no password.
    public var isApproved: Bool
    /// When it asked, or was invited.
    public var createdAt: Timestamp
    /// Of an accepted one, until when the place is held; of a refused or expired one, until when that is remembered.
    public var expiresAt: Timestamp?

    /// Whether a place is held for it at a moment.
    public func hasPlace(at now: Timestamp) -> Bool {
        state == .accepted && (expiresAt.map { $0 > now } ?? false)
    }
}

/// What has happened to a candidate, with what is needed to know whom that concerns.
public struct CandidateChange: Sendable, Equatable {
    /// The candidate as it is now, or was before it was removed.
    public var candidate: Candidate
    /// What has happened.
    public var action: Candidate.Action
    /// Where to.
    public var place: InstanceReference
}

/// Who waits for a place in an instance, in order.
public struct InstanceQueue: Sendable, Equatable {
    /// People whom those who decide are shown.
    public static let shownLimit = 100

    /// Which instance.
    public var place: InstanceReference
    /// All who wait.
    public var accounts: [AccountID]
    /// The first of them.
    public var first: [Candidate]
}

/// An instance as events of its candidates name it: it may be gone when another process hears of them.
public struct InstanceReference: Sendable, Equatable {
    /// The number.
    public var id: InstanceID
    /// The id that its maker has chosen.
    public var chosenID: String?
    /// Whose it is.
    public var ownerID: AccountID
    /// Who helps the owner.
    public var moderators: [AccountID]

    /// The reference of an instance.
    public init(_ instance: Instance) {
        self.init(id: instance.id, chosenID: instance.chosenID, ownerID: instance.ownerID, moderators: instance.moderators)
    }

    init(id: InstanceID, chosenID: String?, ownerID: AccountID, moderators: [AccountID]) {
        self.id = id
        self.chosenID = chosenID
        self.ownerID = ownerID
        self.moderators = moderators
    }

    /// Whether somebody decides who comes in.
    public func isDecided(by account: Account) -> Bool {
        account.isAdministrator || account.id == ownerID || moderators.contains(account.id)
    }
}
