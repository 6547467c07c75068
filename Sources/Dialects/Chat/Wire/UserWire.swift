internal import Community
internal import Gateway
internal import JSON

extension Wire {
    /// User, as everybody sees it.
    static func user(_ account: Account, status: UserStatus, to json: inout JSONWriter) {
        identity("user_id", account.id.rawValue, to: &json)
        json.member("username", account.username)
        json.member("display_name", account.displayName)
        json.member("avatar_url", account.avatarURL)
        json.member("bio", account.bio)
        json.member("status", status.rawValue)
        time("created_at", account.createdAt, to: &json)
    }

    /// Self user: what only the user sees of the account.
    static func selfUser(_ account: Account, status: UserStatus, to json: inout JSONWriter) {
        user(account, status: status, to: &json)
        json.member("email", account.email)
        time("updated_at", account.updatedAt, to: &json)
    }

    /// Author, inside messages.
    static func author(_ author: Author, to json: inout JSONWriter) {
        json.member("user_id", String(author.id.rawValue))
        json.member("username", author.username)
        json.member("display_name", author.displayName)
        json.member("avatar_url", author.avatarURL)
    }
}
