import StorageTesting
import Testing

@testable import Community

/// Who follows whom (contracts/reileta.md 2.3), on both engines.
struct FollowTests {
    @Test(arguments: TestEngine.available) func twoWhoFollowEachOtherAreFriends(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let (robin, wren, owl) = (try await world.account("robin"), try await world.account("wren"), try await world.account("owl"))
            let first = try await community.follow(wren, by: robin)
            #expect(first.follower.id == robin && first.followee.id == wren && first.createdAt == world.clock.now)
            world.clock.advance(seconds: 5)
            _ = try await community.follow(owl, by: robin)
            #expect(try await community.friendship(of: robin, with: wren) == nil)
            #expect(try await community.following(of: robin) == Following(following: [wren, owl], friends: []))
            _ = try await community.follow(robin, by: wren)
            #expect(try await community.following(of: robin) == Following(following: [wren, owl], friends: [wren]))
            #expect(try await community.friendship(of: robin, with: wren) == first.createdAt)
            #expect(try await community.friendship(of: wren, with: robin) == world.clock.now)
            #expect(try await community.follows(of: robin, areFollowers: false, TestWorld.window).items.map(\.followee.id) == [wren, owl])
            #expect(try await community.follows(of: robin, areFollowers: true, TestWorld.window).items.map(\.follower.id) == [wren])
            let page = try await community.follows(of: robin, areFollowers: false, RegistryWindow(limit: 1, offset: 1))
            #expect(page.total == 2 && page.items.map(\.followee.id) == [owl])
            try await community.unfollow(wren, by: robin)
            #expect(try await community.friendship(of: robin, with: wren) == nil)
            #expect(try await community.following(of: wren) == Following(following: [robin], friends: []))
        }
    }

    @Test(arguments: TestEngine.available) func nobodyFollowsTwiceOrOneself(_ engine: TestEngine) async throws {
        try await TestWorld.run(on: engine) { world in
            let community = world.community
            let (robin, wren) = (try await world.account("robin"), try await world.account("wren"))
            _ = try await community.follow(wren, by: robin)
            await #expect(throws: CommunityError.alreadyFollowing) { try await community.follow(wren, by: robin) }
            await #expect(throws: CommunityError.cannotFollowOneself) { try await community.follow(robin, by: robin) }
            await #expect(throws: CommunityError.unknownAccount) { try await community.follow(AccountID(1), by: robin) }
            await #expect(throws: CommunityError.unknownAccount) { try await community.unfollow(robin, by: wren) }
            #expect(try await community.following(of: robin).following == [wren])
        }
    }
}
