public import Community

/// What others see of a person's presence (contracts/chat.md 2, User.status).
public enum UserStatus: String, Sendable {
    /// There.
    case online
    /// There, but away from the keyboard.
    case idle
    /// There, and not to be disturbed.
    case dnd
    /// Not there, or invisible.
    case offline

    /// - Parameter isPresent: whether the person is there; without that, or invisible, everybody looks offline.
    public init(chosen: PresenceStatus, isPresent: Bool) {
        guard isPresent else {
            self = .offline
            return
        }
        switch chosen {
        case .online: self = .online
        case .idle: self = .idle
        case .dnd: self = .dnd
        case .invisible: self = .offline
        }
    }
}
