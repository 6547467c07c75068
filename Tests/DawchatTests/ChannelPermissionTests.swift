import Community
import Testing

@testable import Dawchat

/// contracts/dawchat.md 1.4: "strings, fixed order in output: read, write, invite, rename, remove-users".
struct ChannelPermissionTests {
    private static func names(_ permissions: Permissions) -> [String] {
        ChannelPermission.held(in: permissions).map(\.rawValue)
    }

    @Test func `all five in their order`() {
        #expect(Self.names(.ownedChannel) == ["read", "write", "invite", "rename", "remove-users"])
        #expect(Self.names(.all) == ["read", "write", "invite", "rename", "remove-users"])
    }

    @Test func `who joins may read, write and invite`() {
        #expect(Self.names(.joinedChannel) == ["read", "write", "invite"])
    }

    @Test func `each permission is its own`() {
        #expect(Self.names([]).isEmpty)
        for permission in ChannelPermission.allCases {
            #expect(Self.names(permission.permissions) == [permission.rawValue])
            #expect(ChannelPermission(rawValue: permission.rawValue) == permission)
        }
        #expect(Self.names([.kickMembers, .reading, .sendMessages]) == ["read", "write", "remove-users"])
        // Half of what reading needs is not enough.
        #expect(Self.names([.viewChannel]).isEmpty)
    }

    @Test(arguments: ["Read", "remove_users", "removeUsers", "owner", ""]) func `other words are none`(word: String) {
        #expect(ChannelPermission(rawValue: word) == nil)
    }
}
