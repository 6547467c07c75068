internal import Community
internal import Gateway

/// Tells what others see of a person's presence right now.
struct Presence {
    let board: PresenceBoard

    /// The status that is shown for an account.
    func status(_ account: Account) -> UserStatus {
        board.status(of: account)
    }
}
