internal import Community
internal import Gateway

/// Tells what others see of a person's presence right now.
struct Presence {
    let sockets: SocketRegistry

    /// The status that is shown for an account.
    func status(_ account: Account) -> UserStatus {
        UserStatus(chosen: account.status, isConnected: sockets.isConnected(account.id))
    }
}
