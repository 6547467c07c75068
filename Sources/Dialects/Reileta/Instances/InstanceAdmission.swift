internal import Community
internal import Dialect
internal import Security

/// Who may come into an instance, a place given (contracts/reileta.md 4.6): those who decide; others as the list, the tags and the password say.
struct InstanceAdmission: Sendable {
    /// Passwords that one person may try at one instance, in a minute: hashing one costs what a login does.
    private static let attempts = RateLimit(name: "reileta-passwords", capacity: 5, per: .seconds(60))

    let endpoints: Endpoints

    /// Whether somebody may come in as it is.
    ///
    /// - Throws: `Failure` 49 for a wrong password, 140.
    func admits(_ account: Account, to instance: Instance, password: String?) async throws -> Bool {
        if instance.role(of: account).decides { return true }
        guard isListed(account, in: instance), try await isWelcome(account, in: instance) else { return false }
        guard instance.hasPassword else { return true }
        guard let password else { return false }
        try await requirePassword(password, of: account, for: instance)
        return true
    }

    /// Lets somebody pass who wants to come in now.
    ///
    /// - Parameter standing: how the person stands at the door.
    /// - Throws: `Failure` 49, 140.
    func require(_ account: Account, _ instance: Instance, password: String?, _ standing: EntryStanding) async throws {
        guard !standing.isBanned else { throw Failure(.userNotAllowed, "Banned from this instance.") }
        guard !instance.role(of: account).decides else { return }
        let accepted = standing.candidate.flatMap { $0.hasPlace(at: endpoints.services.shared.clock()) ? $0 : nil }
        // Somebody has decided: there is nothing more to ask.
        if accepted?.isApproved == true { return }
        guard isListed(account, in: instance) else { throw Failure(.userNotAllowed) }
        if accepted == nil {
            guard try await isWelcome(account, in: instance) else { throw Failure(.userNotAllowed) }
        }
        // Last: whoever may not enter at all learns nothing about the password.
        guard instance.hasPassword else { return }
        guard let password else { throw Self.wrongPassword }
        try await requirePassword(password, of: account, for: instance)
    }

    private static let wrongPassword = Failure(.userNotAllowed, "The password is missing or wrong.")

    private func requirePassword(_ password: String, of account: Account, for instance: Instance) async throws {
        _ = try endpoints.services.shared.limits.count("\(account.id.rawValue):\(instance.id.rawValue)", Self.attempts)
        guard try await endpoints.community.opens(instance.id, PasswordSecret(password)) else { throw Self.wrongPassword }
    }

    /// Whether the list of an instance, if it has one, names somebody.
    private func isListed(_ account: Account, in instance: Instance) -> Bool {
        guard let whitelist = instance.whitelist else { return true }
        let at = endpoints.identity.userAt(account.id)
        // People of other servers are known by their whole names only: their ids are another's to give.
        let names = endpoints.identity.isExternal(account.id) ? [at] : [account.username, endpoints.identity.user(account.id), at]
        return whitelist.contains(where: names.contains)
    }

    /// Whether the tags let somebody in: everybody, or friends of the owner or of somebody who is there. Others need an invitation.
    private func isWelcome(_ account: Account, in instance: Instance) async throws -> Bool {
        let visibility = InstanceTag.visibilities.first(where: instance.tags.contains) ?? InstanceTag.private
        if visibility == InstanceTag.public { return true }
        let hosts: [AccountID] =
            switch visibility {
            case InstanceTag.friendsOnly: [instance.ownerID]
            case InstanceTag.friendsPlus: [instance.ownerID] + endpoints.rooms.players(of: instance.id).map(\.account.id)
            default: []
            }
        guard !hosts.isEmpty else { return false }
        let friends = Set(try await endpoints.community.following(of: account.id).friends)
        return hosts.contains(where: friends.contains)
    }
}
