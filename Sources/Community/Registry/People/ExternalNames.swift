internal import Primitives

/// Which accounts are people of other servers, and who they are there. Any thread asks, for each name that is written.
///
/// All of them are kept in memory: one for each person of another server who has been here.
public final class ExternalNames: Sendable {
    private let names = Mutex<[AccountID: ExternalName]>([:])

    /// Who somebody is at home; nil for people of this server.
    public subscript(account: AccountID) -> ExternalName? {
        names.withLock { $0[account] }
    }

    /// Learns of somebody whom another process has let in.
    public func note(_ user: RegistryUser) {
        if let name = user.external { keep(name, of: user.id) }
    }

    func keep(_ name: ExternalName, of account: AccountID) {
        names.withLock { $0[account] = name }
    }

    func forget(_ account: AccountID) {
        names.withLock { $0[account] = nil }
    }
}
