internal import Community
internal import JSON
internal import Primitives

/// The JSON shapes of contracts/gale.md, written straight into bytes. Times are RFC 3339 with six digits of a second.
enum Wire {
    /// One object as the bytes of a body.
    static func object(capacity: Int = 256, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        return json.bytes
    }

    /// User (4.3).
    ///
    /// - Parameter hasTextIDs: whether the id is a text; as a number it is written digit by digit, because it is beyond 2^53.
    static func user(_ owner: ProfileOwner, hasTextIDs: Bool, to json: inout JSONWriter) {
        if !hasTextIDs, let number = Int64(owner.discordID) {
            json.member("discordId", number)
        } else {
            json.member("discordId", owner.discordID)
        }
        json.member("name", owner.name)
        json.member("displayName", owner.displayName)
        json.member("avatar", owner.avatar)
    }

    /// What making and changing a profile answers (7.1), in both spellings: the seed names one, its clients read the other.
    static func saved(_ profile: Profile) -> [UInt8] {
        object { json in
            json.member("id", profile.code.text)
            for name: StaticString in ["createdAt", "created_at"] { json.member(name, profile.createdAt.rfc3339Microseconds) }
            for name: StaticString in ["updatedAt", "updated_at"] { json.member(name, profile.updatedAt.rfc3339Microseconds) }
        }
    }

    /// The metadata of a profile (7.5).
    static func metadata(_ profile: Profile, hasTextIDs: Bool, to json: inout JSONWriter) {
        json.member("id", profile.code.text)
        json.member("createdAt", profile.createdAt.rfc3339Microseconds)
        json.member("updatedAt", profile.updatedAt.rfc3339Microseconds)
        json.member("owner", object: { user(profile.owner, hasTextIDs: hasTextIDs, to: &$0) })
        json.member(
            "manifest",
            object: { json in
                json.member("profileName", profile.manifest.name)
                json.member("community", profile.manifest.community)
                json.member("mods", array: { json in for mod in profile.manifest.mods { json.object { Self.mod(mod, to: &$0) } } })
            })
    }

    private static func mod(_ mod: ProfileManifest.Mod, to json: inout JSONWriter) {
        json.member("name", mod.name)
        json.member("enabled", mod.isEnabled)
        json.member(
            "version",
            object: { json in
                json.member("major", Int64(mod.version.major))
                json.member("minor", Int64(mod.version.minor))
                json.member("patch", Int64(mod.version.patch))
            })
    }

    /// One of the own profiles (7.6). A community that is null would make clients drop the whole list.
    static func listed(_ profile: ProfileSummary, to json: inout JSONWriter) {
        json.member("id", profile.code.text)
        json.member("name", profile.name)
        json.member("community", profile.community ?? "")
        json.member("createdAt", profile.createdAt.rfc3339Microseconds)
        json.member("updatedAt", profile.updatedAt.rfc3339Microseconds)
    }
}
