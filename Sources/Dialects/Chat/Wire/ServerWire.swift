internal import Community
internal import Gateway
internal import JSON

extension Wire {
    /// How a person's status is found while an object is being written.
    typealias StatusLookup = (Account) -> UserStatus

    /// Server, without channels and members.
    static func server(_ space: Space, to json: inout JSONWriter) {
        identity("server_id", space.id.rawValue, to: &json)
        json.member("name", space.name)
        json.member("description", space.description)
        json.member("icon_url", space.iconURL)
        json.member("owner_id", space.ownerID.map { String($0.rawValue) })
        json.member("member_count", space.memberCount)
        time("created_at", space.createdAt, to: &json)
        time("updated_at", space.updatedAt, to: &json)
    }

    /// Server with its channels, as CONNECTED lists it (5.1).
    static func server(_ space: Space, channels: [Channel], status: StatusLookup, to json: inout JSONWriter) {
        server(space, to: &json)
        json.key("channels")
        json.array { json in
            for entry in channels {
                json.object { channel(entry, for: nil, status: status, to: &$0) }
            }
        }
    }

    /// The detail form of Server: with channels and the first 1000 members.
    static func serverDetail(_ detail: SpaceDetail, status: StatusLookup, to json: inout JSONWriter) {
        server(detail.space, channels: detail.channels, status: status, to: &json)
        json.key("members")
        json.array { json in
            for entry in detail.members {
                json.object { member(entry, status: status, to: &$0) }
            }
        }
    }

    /// Member.
    static func member(_ member: Member, status: StatusLookup, to json: inout JSONWriter) {
        json.member("server_id", String(member.spaceID.rawValue))
        json.member("user_id", String(member.account.id.rawValue))
        json.key("user")
        json.object { user(member.account, status: status(member.account), to: &$0) }
        json.member("role", member.role.rawValue)
        json.member("nickname", member.nickname)
        time("joined_at", member.joinedAt, to: &json)
    }

    /// An invite as its maker gets it (3.2).
    static func invite(_ invite: SpaceInvite, to json: inout JSONWriter) {
        json.member("code", invite.code)
        json.member("server_id", String(invite.spaceID.rawValue))
        json.member("inviter_id", String(invite.inviterID.rawValue))
        json.member("uses", invite.uses)
        json.member("max_uses", invite.maximumUses)
        time("expires_at", invite.expiresAt, to: &json)
    }
}
