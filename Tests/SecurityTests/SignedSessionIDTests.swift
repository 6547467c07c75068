import Primitives
import Security
import Testing

/// contracts/chat.md 4.6: "nothing is held in memory for it": the id of a gateway session proves itself.
struct SignedSessionIDTests {
    private static let key = [UInt8](repeating: 7, count: 32)
    private let codec = SignedSessionIDCodec(key: key)
    private let id = SignedSessionID(
        accountID: 281_474_976_710_656, sessionID: 42, issuedAt: Timestamp(microseconds: 1_800_000_000_123_456))

    @Test func whatIsSignedIsRead() {
        #expect(codec.verify(codec.sign(id)) == id)
        let extreme = SignedSessionID(accountID: .max, sessionID: .min, issuedAt: Timestamp(microseconds: -1))
        #expect(codec.verify(codec.sign(extreme)) == extreme)
    }

    /// Computed by another implementation (Python's hmac). A change of the form would end every session that can be resumed.
    @Test func theTextIsTheSameInEveryVersion() {
        #expect(codec.sign(id) == "AAEAAAAAAAAAAAAAAAAAKgAGZRcommJAHnKgFbXeSiMOzeMX0a090g")
    }

    @Test func everyChangedCharacterIsNoticed() {
        let text = Array(codec.sign(id).utf8)
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(codec.verify(String(decoding: changed, as: UTF8.self)) == nil)
        }
    }

    @Test func otherTextsAreRefused() {
        let text = codec.sign(id)
        let others = ["", String(text.dropLast()), text + "A", text + "==", " " + text, text + "\u{0}", String(repeating: "A", count: 54)]
        for other in others { #expect(codec.verify(other) == nil) }
        #expect(SignedSessionIDCodec(key: [1]).verify(text) == nil)
    }

    /// A code that the same key gave to anything else is no signature here.
    @Test func codesOfOtherUsesOfTheKeyAreRefused() {
        let numbers = [UInt8](repeating: 0, count: 24)
        let code = HMACSHA256(key: Self.key).authenticate(numbers).prefix(16)
        #expect(codec.verify(Base64URL.encode(numbers + code)) == nil)
    }
}
