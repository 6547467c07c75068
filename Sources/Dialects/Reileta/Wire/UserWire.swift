internal import Community
internal import Gateway
internal import JSON
internal import Primitives

/// People on the wire (contracts/reileta.md 4.2).
extension Wire {
    /// What the person itself sees besides.
    struct Own {
        /// Nil leaves the lists out: there are more than a small frame has room for.
        var following: Following?
        /// The world to begin in: the own one, or the server's.
        var home: String?
    }

    /// What two who follow each other see of one another.
    struct Friendship {
        var since: Timestamp
    }

    /// User, UserMe or UserFriend.
    func user(_ user: RegistryUser, own: Own? = nil, friendship: Friendship? = nil, to json: inout JSONWriter) {
        let account = user.account
        let display = account.displayName ?? user.username
        json.object { json in
            json.member("id", user.external?.id ?? identity.user(account.id))
            json.member("username", user.username)
            json.member("display", display)
            json.member("displayname", display)
            json.present("description", account.bio)
            json.present("thumbnail", thumbnail(of: user))
            json.present("banner", user.banner.map { address(of: .banner, $0, of: account.id) })
            json.texts("tags", user.shownTags)
            json.member("server", user.external?.server ?? identity.address)
            json.member("external", user.external != nil)
            json.member("created_at", account.createdAt.wireMilliseconds)
            json.member("updated_at", account.updatedAt.wireMilliseconds)
            if let own {
                json.member("email", account.email ?? "")
                json.member("status", status(of: account))
                if let following = own.following {
                    json.texts("following", following.following.map(identity.userAt))
                    json.texts("friends", following.friends.map(identity.userAt))
                }
                json.present("home", own.home)
            }
            if let friendship {
                json.member("isFriend", true)
                json.member("following_at", friendship.since.wireMilliseconds)
                json.member("status", status(of: account))
            }
        }
    }

    /// The server itself, as somebody: an account that does not exist.
    func root(to json: inout JSONWriter) {
        let kept = identity.server
        json.object { json in
            json.member("id", identity.user(AccountID(0)))
            json.member("username", "root")
            json.member("display", "AVR Root User")
            json.member("displayname", "AVR Root User")
            json.texts("tags", [AccountTag.admin, AccountTag.bot, AccountTag.root])
            json.member("server", identity.address)
            json.member("external", false)
            json.member("created_at", kept.createdAt.wireMilliseconds)
            json.member("updated_at", kept.updatedAt.wireMilliseconds)
        }
    }

    /// `online`, `away`, `busy` or `offline`.
    func status(of account: Account) -> String {
        switch presence.status(of: account) {
        case .online: "online"
        case .idle: "away"
        case .dnd: "busy"
        case .offline: "offline"
        }
    }

    /// Where an uploaded picture is.
    func address(of role: Picture.Role, _ picture: Picture, of account: AccountID) -> String {
        httpGateway + Self.path(of: role, picture, identity.user(account))
    }

    private static func path(of role: Picture.Role, _ picture: Picture, _ user: String) -> String {
        "/api/users/\(user)/\(role == .banner ? "banner" : "thumbnail")?t=\(picture.updatedAt.wireMilliseconds)"
    }

    /// The uploaded picture, as long as it is the account's: another API may have set another.
    func ownThumbnail(of user: RegistryUser) -> Picture? {
        guard let picture = user.thumbnail, let url = user.account.avatarURL else { return nil }
        return url.hasSuffix(Self.path(of: .thumbnail, picture, identity.user(user.id))) ? picture : nil
    }

    private func thumbnail(of user: RegistryUser) -> String? {
        ownThumbnail(of: user).map { address(of: .thumbnail, $0, of: user.id) } ?? user.account.avatarURL
    }
}
