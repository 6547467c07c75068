import JSON
import Primitives
import Storage
import Testing

@testable import Community
@testable import Reileta

/// contracts/reileta.md 4.2: what is not there is left out, never null.
@Suite("People on the wire")
struct UserWireTests {
    private static let least = ["id", "username", "display", "displayname", "tags", "server", "external", "created_at", "updated_at"]

    @Test("have only what they have")
    func least() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.user(RegistryUser(account: Forms.account()), to: &$0) }
        #expect(object.names == Self.least && Forms.nulls(in: object).isEmpty)
        #expect(object.text("id") == wire.identity.user(AccountID(7)) && object.text("username") == "robin")
        #expect(object.text("display") == "robin" && object.text("displayname") == "robin")
        #expect(object.texts("tags") == [] && object.text("server") == "nest.example" && object.flag("external") == false)
        #expect(object.number("created_at") == 1_700_000_000_123 && object.number("updated_at") == 1_700_000_001_000)
    }

    @Test("have all that they have, under both spellings")
    func most() throws {
        let wire = Forms.wire()
        let account = Forms.account {
            ($0.displayName, $0.bio, $0.isAdministrator, $0.email) = ("Robin R.", "Sings.", true, "robin@nest.example")
            $0.avatarURL = wire.address(of: .thumbnail, Forms.picture(), of: $0.id)
        }
        let user = RegistryUser(account: account, tags: ["avr:bot"], home: "w_1", thumbnail: Forms.picture(), banner: Forms.picture())
        let object = try Forms.object { wire.user(user, to: &$0) }
        #expect(
            Set(object.names) == Set(Self.least + ["description", "thumbnail", "banner"]) && object.names.count == Self.least.count + 3)
        #expect(object.text("display") == "Robin R." && object.text("displayname") == "Robin R." && object.text("description") == "Sings.")
        #expect(object.texts("tags") == ["avr:admin", "avr:bot"])
        let place = "https://nest.example/api/users/\(wire.identity.user(account.id))"
        #expect(
            object.text("thumbnail") == "\(place)/thumbnail?t=1700000000123" && object.text("banner") == "\(place)/banner?t=1700000000123")
    }

    @Test("see more of themselves")
    func own() throws {
        let wire = Forms.wire()
        let account = Forms.account { $0.email = "robin@nest.example" }
        let own = Wire.Own(
            following: Following(following: [AccountID(8), AccountID(9)], friends: [AccountID(9)]), home: "w_1:2@nest.example")
        let object = try Forms.object { wire.user(RegistryUser(account: account), own: own, to: &$0) }
        #expect(object.names == Self.least + ["email", "status", "following", "friends", "home"] && Forms.nulls(in: object).isEmpty)
        #expect(
            object.text("email") == "robin@nest.example" && object.text("status") == "offline"
                && object.text("home") == "w_1:2@nest.example")
        let (second, third) = (wire.identity.user(AccountID(8)), wire.identity.user(AccountID(9)))
        #expect(object.texts("following") == ["\(second)@nest.example", "\(third)@nest.example"])
        #expect(object.texts("friends") == ["\(third)@nest.example"])
    }

    @Test("have no home and no address of theirs where there is none, and no lists where there is no room")
    func ownWithoutMore() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.user(RegistryUser(account: Forms.account()), own: Wire.Own(), to: &$0) }
        #expect(object.names == Self.least + ["email", "status"] && object.text("email") == "" && Forms.nulls(in: object).isEmpty)
    }

    @Test("who follow each other are told since when")
    func friend() throws {
        let wire = Forms.wire()
        let friendship = Wire.Friendship(since: Timestamp(microseconds: 1_700_000_002_000_000))
        let object = try Forms.object { wire.user(RegistryUser(account: Forms.account()), friendship: friendship, to: &$0) }
        #expect(object.names == Self.least + ["isFriend", "following_at", "status"])
        #expect(object.flag("isFriend") == true && object.number("following_at") == 1_700_000_002_000 && object.text("status") == "offline")
    }

    /// docs/decisions/0014-registry.md: "A picture that is uploaded here becomes the account's picture for all APIs"; another may be set there.
    @Test(
        "are shown with the picture that was set last, whichever API has set it",
        arguments: [
            (nil, nil), ("https://pictures.example/owl.png", "https://pictures.example/owl.png"),
            (
                "https://nest.example/api/users/u_1/thumbnail?t=1700000000123",
                "https://nest.example/api/users/u_1/thumbnail?t=1700000000123"
            ),
        ] as [(String?, String?)])
    func otherPicture(_ set: String?, _ shown: String?) throws {
        let wire = Forms.wire()
        let user = RegistryUser(account: Forms.account { $0.avatarURL = set }, thumbnail: Forms.picture())
        #expect(wire.ownThumbnail(of: user) == nil)
        let object = try Forms.object { wire.user(user, to: &$0) }
        #expect(object.text("thumbnail") == shown && object.contains("thumbnail") == (shown != nil))
    }

    /// The public URL may change; the picture is still the one that was uploaded.
    @Test("keep their picture when the server moves")
    func movedPicture() throws {
        let (before, after) = (Forms.wire("http://old.example:8080"), Forms.wire())
        let account = Forms.account { $0.avatarURL = before.address(of: .thumbnail, Forms.picture(), of: $0.id) }
        let user = RegistryUser(account: account, thumbnail: Forms.picture())
        #expect(after.ownThumbnail(of: user) == Forms.picture())
        let object = try Forms.object { after.user(user, to: &$0) }
        #expect(object.text("thumbnail") == after.address(of: .thumbnail, Forms.picture(), of: account.id))
        // One of another moment is another picture.
        let later = RegistryUser(account: account, thumbnail: Picture(blob: Forms.picture().blob, updatedAt: Forms.changed))
        #expect(after.ownThumbnail(of: later) == nil)
    }

    @Test("have the server itself among them")
    func root() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.root(to: &$0) }
        #expect(object.names == Self.least && Forms.nulls(in: object).isEmpty)
        #expect(object.text("username") == "root" && object.text("display") == object.text("displayname"))
        #expect(object.texts("tags") == ["avr:admin", "avr:bot", "avr:root"] && object.text("id") == wire.identity.user(AccountID(0)))
        #expect(object.number("created_at") == 1_700_000_000_123 && object.number("updated_at") == 1_700_000_001_000)
    }
}
