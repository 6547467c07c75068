internal import Community
internal import JSON
internal import Primitives

/// The JSON shapes of contracts/dawchat.md section 2, written straight into bytes. Ids are numbers below 2^53, times whole seconds since 1970.
enum Wire {
    /// One object as the bytes of a body.
    static func object(capacity: Int = 256, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        return json.bytes
    }

    /// An object whose one member is a list.
    static func list<Item>(_ name: StaticString, _ items: [Item], _ write: (Item, inout JSONWriter) -> Void) -> [UInt8] {
        object(capacity: 64 + items.count * 192) { json in
            json.key(name)
            json.array { json in
                for item in items {
                    json.object { write(item, &$0) }
                }
            }
        }
    }

    /// UserInfo.
    static func user(_ account: Account, to json: inout JSONWriter) {
        json.member("userId", account.id.rawValue)
        json.member("username", account.username)
        json.member("createdAt", account.createdAt.seconds)
    }

    /// UserInvite: an invitation to the server.
    static func userInvite(_ invite: AccountInvite, to json: inout JSONWriter) {
        json.member("token", invite.token)
        json.member("createdBy", invite.inviterID.rawValue)
        json.key("acceptedBy")
        if let account = invite.acceptedBy { json.value(account.id.rawValue) } else { json.null() }
        json.member("acceptedName", invite.acceptedBy?.username)
        json.member("timestamp", invite.createdAt.seconds)
    }
}
