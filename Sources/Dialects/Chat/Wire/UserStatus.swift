internal import Community

/// What others see of a person's presence (contracts/chat.md 2, User.status).
enum UserStatus: String {
    case online
    case idle
    case dnd
    case offline

    /// - Parameter isConnected: whether the person has a socket; without one, or invisible, everybody looks offline.
    init(chosen: PresenceStatus, isConnected: Bool) {
        guard isConnected else {
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
