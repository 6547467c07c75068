import Primitives
import Storage
import Testing

@testable import Community

/// contracts/chat.md section 2, limits.
struct FieldChecksTests {
    private static func problems(_ check: (inout FieldChecks) -> Void) -> [InvalidField] {
        var checks = FieldChecks()
        check(&checks)
        return checks.problems
    }

    /// "username 2..32 (letters, digits, _ . -; not `everyone`, `here`, `@me`)".
    @Test(arguments: [
        ("ab", true), ("a", false), ("", false), (String(repeating: "x", count: 32), true), (String(repeating: "x", count: 33), false),
        ("Ada_Lovelace-1.0", true), ("ada lovelace", false), ("ada@example", false), ("żółw", false), ("ada\u{0}", false), ("ａｄａ", false),
        ("everyone", false), ("Everyone", false), ("HERE", false), ("@me", false), ("heres", true), ("..", true),
    ])
    func usernamesFollowTheRules(_ username: String, _ isGood: Bool) {
        #expect(Self.problems { $0.username(username) }.isEmpty == isGood)
    }

    /// "email optional, must contain @".
    @Test(arguments: [
        ("a@b", true), ("ada@example.org", true), ("ada", false), ("@example.org", false), ("ada@", false), ("a@b@c", false),
        ("a b@c", false), ("a@b\n", false), ("a@b\u{0}", false), ("", false), (String(repeating: "a", count: 253) + "@b", false),
    ])
    func emailAddressesHaveOneAt(_ email: String, _ isGood: Bool) {
        #expect(Self.problems { $0.email(email) }.isEmpty == isGood)
    }

    /// "content 1..2000 Unicode scalars": neither bytes nor what looks like one character.
    @Test func contentIsCountedInUnicodeScalars() throws {
        let family = "👩‍👩‍👧‍👦"  // seven scalars, 25 bytes, one character
        #expect(throws: Never.self) { try MessageDraft(content: String(repeating: "ż", count: 2_000), nonce: nil) }
        #expect(throws: Never.self) { try MessageDraft(content: String(repeating: "👍", count: 2_000), nonce: nil) }
        #expect(throws: Never.self) { try MessageDraft(content: String(repeating: family, count: 285), nonce: nil) }
        #expect(throws: CommunityError.self) { try MessageDraft(content: String(repeating: family, count: 286), nonce: nil) }
        #expect(throws: CommunityError.self) { try MessageDraft(content: String(repeating: "a", count: 2_001), nonce: nil) }
    }

    /// "whitespace is trimmed for the emptiness test only".
    @Test(arguments: ["", " ", "\n\t", "\u{A0}\u{2003}", "\r\n"]) func blankContentIsEmpty(_ content: String) {
        #expect(throws: CommunityError.emptyMessage) { try MessageDraft(content: content, nonce: nil) }
    }

    @Test func contentIsKeptAsSent() throws {
        #expect(try MessageDraft(content: "  hi \n", nonce: nil).content == "  hi \n")
    }

    /// "nonce up to 25 characters".
    @Test func noncesAreShort() throws {
        #expect(try MessageDraft(content: "a", nonce: String(repeating: "n", count: 25)).nonce?.count == 25)
        #expect(try MessageDraft(content: "a", nonce: "").nonce == nil)
        #expect(throws: CommunityError.self) { try MessageDraft(content: "a", nonce: String(repeating: "n", count: 26)) }
    }

    /// "server name 1..100 trimmed; description 0..1024".
    @Test func spaceNamesAreTrimmedBeforeTheyAreMeasured() throws {
        #expect(try SpaceDraft(name: " \(String(repeating: "n", count: 100))\n", description: "", iconURL: nil).name.count == 100)
        #expect(throws: CommunityError.self) { try SpaceDraft(name: "  ", description: nil, iconURL: nil) }
        #expect(throws: CommunityError.self) { try SpaceDraft(name: String(repeating: "n", count: 101), description: nil, iconURL: nil) }
        #expect(throws: CommunityError.self) { try SpaceDraft(name: "n", description: String(repeating: "d", count: 1_025), iconURL: nil) }
    }

    /// PostgreSQL has no U+0000 in texts; what one engine cannot hold, neither takes.
    @Test func nothingHoldsTheCharacterNull() {
        #expect(throws: CommunityError.self) { try MessageDraft(content: "a\u{0}b", nonce: nil) }
        #expect(throws: CommunityError.self) { try MessageDraft(content: "a", nonce: "\u{0}") }
        #expect(throws: CommunityError.self) { try SpaceDraft(name: "a\u{0}", description: nil, iconURL: nil) }
        #expect(throws: CommunityError.self) { try SpaceDraft(name: "a", description: "\u{0}", iconURL: "\u{0}") }
        #expect(throws: CommunityError.self) { try ChannelDraft(name: "a", topic: "\u{0}") }
    }

    /// One answer names everything that is wrong, and each limit.
    @Test func allProblemsAreCollected() {
        let registration = Registration(username: "x", password: "short", email: "nobody", displayName: String(repeating: "d", count: 33))
        let problems = Self.problems { $0.registration(registration, passwordLength: 8...128) }
        #expect(problems.map(\.name) == ["username", "password", "email", "display_name"])
        #expect(
            problems.map(\.code) == ["BASE_TYPE_BAD_LENGTH", "BASE_TYPE_BAD_LENGTH", "EMAIL_TYPE_INVALID_EMAIL", "BASE_TYPE_BAD_LENGTH"])
        #expect(
            problems[0].message.contains("2 to 32") && problems[1].message.contains("8 to 128") && problems[3].message.contains("1 to 32"))
    }

    @Test func numbersNameTheirRange() throws {
        let error = #expect(throws: CommunityError.self) { try InviteDraft(maximumAge: -1, maximumUses: 2_000_000) }
        guard case .invalid(let problems) = try #require(error) else { return #expect(Bool(false)) }
        #expect(problems.map(\.code) == ["NUMBER_TYPE_MIN", "NUMBER_TYPE_MAX"])
        #expect(problems.map(\.name) == ["max_age", "max_uses"] && problems[1].message.contains("1000000"))
    }
}
