import Community
import Primitives
import Security
import Testing

@testable import Gale

/// contracts/gale.md 5: access tokens.
struct ProfileTokenTests {
    private static let vector =
        "eyJhbGciOiAiSFMyNTYifQ.eyJleHAiOjE3NDU1NzE3NzIsInN1YiI6MSwiZGlzY29yZElkIjoiMzA4MTE3OTIyMjYwNDUxMzQwIiwibmFtZSI6Imtlc29tYW5uZW4iLCJka"
        + "XNwbGF5TmFtZSI6IkJvYmJvIDo6KSIsImF2YXRhciI6IjBkMTQ4YjU1YjY4MGIzOGZlMjA3OTg4ZTJkM2JiZmQwIn0.iWT0yBlI966lKq1AIPzP0IazusmMgtIjarN0G4cGQ0c"
    private let codec = ProfileTokenCodec(key: Array("test-secret".utf8))
    private let owner = ProfileOwner(id: AccountID(7), discordID: "308117922260451340", name: "kesomannen", displayName: "Bobbo ::)")

    /// "signature good, expired 2025-04-25"; "Valid while now < exp (no leeway)".
    @Test func theVectorIsGoodUntilItsEnd() throws {
        let token = try codec.verify(Self.vector, at: Timestamp(seconds: 1_745_571_771))
        #expect(token == ProfileToken(account: AccountID(1), session: nil, expiresAt: 1_745_571_772))
        #expect(throws: Failure.expiredToken) { try codec.verify(Self.vector, at: Timestamp(seconds: 1_745_571_772)) }
    }

    /// "Lifetime 30 minutes from issue"; "Real header is exactly the JSON `{"alg": "HS256"}`".
    @Test func aTokenSaysWhoseItIs() throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let text = codec.sign(owner, session: SessionID(9), at: now)
        #expect(text.hasPrefix("eyJhbGciOiAiSFMyNTYifQ."))
        #expect(
            try codec.verify(text, at: now.adding(seconds: 1_799))
                == ProfileToken(account: AccountID(7), session: SessionID(9), expiresAt: 1_800_001_800))
        #expect(throws: Failure.expiredToken) { try codec.verify(text, at: now.adding(seconds: 1_800)) }
        #expect(codec.sign(owner, session: SessionID(9), at: now) != text)
    }

    @Test func anotherKeyOrAnotherByteIsNotGood() {
        let now = Timestamp(seconds: 1_745_571_771)
        #expect(throws: Failure.invalidToken) { try ProfileTokenCodec(key: [1]).verify(Self.vector, at: now) }
        for index in Self.vector.indices where Self.vector[index] != "." {
            var text = Self.vector
            text.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(throws: Failure.invalidToken) { try codec.verify(text, at: now) }
        }
    }
}
