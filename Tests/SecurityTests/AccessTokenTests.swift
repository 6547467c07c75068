import Primitives
import Testing

@testable import Security

/// contracts/chat.md 3.1: "Access token: JWT HS256, claims sub, username, sid, iat, exp, jti".
struct AccessTokenTests {
    static let key = [UInt8](repeating: 7, count: 32)
    static let codec = AccessTokenCodec(key: key)
    static let start = Timestamp(seconds: 1_800_000_000)
    static let token = AccessToken(
        accountID: 281_474_976_710_656, username: "Zoë", sessionID: 42, issuedAt: start, expiresAt: start.adding(seconds: 3_600))

    /// Signed as this server signs, whatever the parts hold.
    static func forge(header: String = #"{"alg":"HS256","typ":"JWT"}"#, payload: String, key: [UInt8] = key) -> String {
        let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload.utf8)
        return signed + "." + Base64URL.encode(HMACSHA256(key: key).authenticate(Array(signed.utf8)))
    }

    @Test func whatIsSignedIsRead() throws {
        #expect(try Self.codec.verify(Self.codec.sign(Self.token), now: Self.start) == Self.token)
    }

    /// The token was made by another implementation (Python's hmac and json).
    @Test func aTokenOfAnotherImplementationIsRead() throws {
        let text =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
            + ".eyJzdWIiOiIyODE0NzQ5NzY3MTA2NTYiLCJ1c2VybmFtZSI6Ilpvw6siLCJzaWQiOiI0MiIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAwMDAzNjAwLCJqdGkiOiJhYmMifQ"
            + ".NJh0EFgTCAGOKorIwZpNYJLX1TTtWmHxJ2GM4u5J5RU"
        #expect(try Self.codec.verify(text, now: Self.start) == Self.token)
    }

    @Test func theTextIsAJWTWithTheClaimsOfTheContract() throws {
        let parts = Self.codec.sign(Self.token).split(separator: ".")
        try #require(parts.count == 3)
        #expect(Base64URL.decode(parts[0]) == Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let payload = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
        let known = #"{"sub":"281474976710656","username":"Zoë","sid":"42","iat":1800000000,"exp":1800003600,"jti":""#
        #expect(payload.hasPrefix(known))
        #expect(payload.hasSuffix("\"}"))
        #expect(payload.count == known.count + 16 + 2, "12 random bytes are 16 characters.")
    }

    @Test func noTwoTokensAreEqual() {
        #expect(Set((0..<100).map { _ in Self.codec.sign(Self.token) }).count == 100)
    }

    /// RFC 7519 4.1.4: "on or after which the JWT MUST NOT be accepted".
    @Test func aTokenIsOverAtTheExactSecond() throws {
        let text = Self.codec.sign(Self.token)
        let end = Self.token.expiresAt
        #expect(try Self.codec.verify(text, now: Timestamp(microseconds: end.microseconds - 1)) == Self.token)
        for now in [end, end.adding(seconds: 1)] {
            #expect(throws: AccessTokenError.expired) { try Self.codec.verify(text, now: now) }
        }
    }

    @Test func aTokenIsReadHoweverManyHaveBeenReadSince() throws {
        let texts = (0..<20_000).map { _ in Self.codec.sign(Self.token) }
        for text in texts { #expect(try Self.codec.verify(text, now: Self.start) == Self.token) }
        for text in texts.prefix(100) {
            #expect(try Self.codec.verify(text, now: Self.start) == Self.token)
            #expect(throws: AccessTokenError.expired) { try Self.codec.verify(text, now: Self.token.expiresAt) }
        }
        #expect(Self.codec.verified.count > VerifiedTokens.partLimit)
        #expect(Self.codec.verified.count <= 8 * VerifiedTokens.partLimit)
    }

    /// Texts that Swift takes for equal: a Kelvin sign and a K.
    @Test func aTokenThatOnlyLooksTheSameIsRefused() throws {
        var text = Self.codec.sign(Self.token)
        while !text.contains("K") { text = Self.codec.sign(Self.token) }
        let other = text.replacing("K", with: "\u{212A}", maxReplacements: 1)
        #expect(text == other && !text.utf8.elementsEqual(other.utf8))
        #expect(try Self.codec.verify(text, now: Self.start) == Self.token)
        #expect(throws: AccessTokenError.self) { try Self.codec.verify(other, now: Self.start) }
    }

    /// Also when the token itself has just been checked, and is remembered.
    @Test func everyChangedCharacterIsNoticed() throws {
        let text = Array(Self.codec.sign(Self.token).utf8)
        #expect(try Self.codec.verify(String(decoding: text, as: UTF8.self), now: Self.start) == Self.token)
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: AccessTokenError.self) {
                try Self.codec.verify(String(decoding: changed, as: UTF8.self), now: Self.start)
            }
        }
    }

    /// A new case for each way in which libraries have been fooled.
    static let refused: [(name: String, text: String, error: AccessTokenError)] = {
        let good = codec.sign(token)
        let parts = good.split(separator: ".").map(String.init)
        let payload = #"{"sub":"1","username":"a","sid":"2","iat":1800000000,"exp":1800003600,"jti":"x"}"#
        let administrator = Base64URL.encode(#"{"sub":"1","username":"root","sid":"1","iat":1,"exp":9999999999}"#.utf8)
        // The last of 43 symbols carries two bits that are no part of the 32 bytes.
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = symbols.firstIndex(of: good.last ?? "A") ?? 0
        return [
            ("empty", "", .malformed),
            ("no dots", "abc", .malformed),
            ("two parts", parts[0] + "." + parts[1], .malformed),
            ("four parts", good + ".x", .malformed),
            ("five parts, as an encrypted token", good + ".x.y", .malformed),
            ("only dots", "..", .badSignature),
            ("no signature", parts[0] + "." + parts[1] + ".", .badSignature),
            ("algorithm none", Base64URL.encode(#"{"alg":"none","typ":"JWT"}"#.utf8) + "." + parts[1] + ".", .badSignature),
            (
                "algorithm none with the signature", Base64URL.encode(#"{"alg":"none"}"#.utf8) + "." + parts[1] + "." + parts[2],
                .badSignature
            ),
            ("other algorithm, signed", forge(header: #"{"alg":"HS512","typ":"JWT"}"#, payload: payload), .badSignature),
            ("header in another order, signed", forge(header: #"{"typ":"JWT","alg":"HS256"}"#, payload: payload), .badSignature),
            ("a key in the header, signed", forge(header: #"{"alg":"HS256","typ":"JWT","kid":"x"}"#, payload: payload), .badSignature),
            ("changed payload", parts[0] + "." + administrator + "." + parts[2], .badSignature),
            ("truncated", String(good.dropLast()), .badSignature),
            ("longer", good + "A", .badSignature),
            ("padded signature", good + "=", .badSignature),
            ("stray bits in the signature", String(good.dropLast()) + String(symbols[last ^ 1]), .badSignature),
            ("space before", " " + good, .badSignature),
            ("space behind", good + " ", .badSignature),
            ("line feed behind", good + "\n", .badSignature),
            ("space in the payload", parts[0] + ". " + parts[1] + "." + parts[2], .badSignature),
            ("NUL behind", good + "\u{0}", .badSignature),
            ("upper case", good.uppercased(), .badSignature),
            ("other key", forge(payload: payload, key: [UInt8](repeating: 8, count: 32)), .badSignature),
            ("empty key", forge(payload: payload, key: []), .badSignature),
            ("too long", good + String(repeating: "A", count: AccessTokenCodec.lengthLimit), .malformed),
            ("duplicate member, signed", forge(payload: String(payload.dropLast()) + #","sub":"9"}"#), .malformed),
            ("payload no object, signed", forge(payload: "[1]"), .malformed),
            ("payload no JSON, signed", forge(payload: "{"), .malformed),
            ("id as a number, signed", forge(payload: payload.replacing(#""sub":"1""#, with: #""sub":1"#)), .malformed),
            ("id no number, signed", forge(payload: payload.replacing(#""sid":"2""#, with: #""sid":"x""#)), .malformed),
            ("no name, signed", forge(payload: payload.replacing(#""username":"a","#, with: "")), .malformed),
            ("no end, signed", forge(payload: payload.replacing(#""exp":1800003600,"#, with: "")), .malformed),
            ("end as a double, signed", forge(payload: payload.replacing("1800003600", with: "1800003600.5")), .malformed),
            ("end beyond all time, signed", forge(payload: payload.replacing("1800003600", with: "9223372036854775807")), .malformed),
            ("begin before all time, signed", forge(payload: payload.replacing("1800000000", with: "-9223372036854775808")), .malformed),
        ]
    }()

    @Test(arguments: refused.map(\.name)) func whatThisServerDidNotSignIsRefused(_ name: String) throws {
        let row = try #require(Self.refused.first { $0.name == name })
        #expect(throws: row.error) { try Self.codec.verify(row.text, now: Self.start) }
    }

    /// The payload of the table is good by itself: its rows fail for the reason they name.
    @Test func theForgeryThatChangesNothingIsRead() throws {
        let payload = #"{"sub":"1","username":"a","sid":"2","iat":1800000000,"exp":1800003600,"jti":"x"}"#
        #expect(try Self.codec.verify(Self.forge(payload: payload), now: Self.start).sessionID == 2)
    }

    /// RFC 7515 A.1 is signed rightly, and still no token of this server: its header is another.
    @Test func theExampleOfRFC7515IsNoTokenOfThisServer() throws {
        let codec = AccessTokenCodec(key: try #require(Base64URL.decode(ExampleToken.key)))
        #expect(throws: AccessTokenError.badSignature) {
            try codec.verify(ExampleToken.signed + "." + ExampleToken.signature, now: Timestamp(seconds: 0))
        }
    }
}
