import Primitives
import Security
import Testing

/// The published vectors of FIPS 180-4, RFC 4231 and RFC 7515.
struct DigestTests {
    /// FIPS 180-4, the examples of NIST's Cryptographic Standards and Guidelines.
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ]) func sha256OfThePublishedMessages(_ message: String, _ digest: String)
    {
        #expect(Hex.encode(SHA256.hash(Array(message.utf8))) == digest)
    }

    @Test func bytesThatDoNotLieInOnePieceHaveTheSameDigest() {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(SHA256.hash(bytes.reversed().lazy.map { $0 }) == SHA256.hash(Array(bytes.reversed())))
        var stream = SHA256.Stream()
        for start in Swift.stride(from: 0, to: bytes.count, by: 7) { stream.update(Array(bytes[start..<min(start + 7, bytes.count)])) }
        #expect(stream.digest() == SHA256.hash(bytes) && stream.digest() == SHA256.hash(bytes))
        #expect(SHA256.Stream().digest() == SHA256.hash([]))
        let mac = HMACSHA256(key: [1, 2, 3])
        #expect(mac.authenticate(bytes.reversed().lazy.map { $0 }) == mac.authenticate(Array(bytes.reversed())))
    }

    struct Vector: CustomTestStringConvertible, Sendable {
        var name: String
        var key: [UInt8]
        var data: [UInt8]
        var code: String
        var testDescription: String { name }
    }

    /// RFC 4231 section 4; case 5 gives the first 128 bits only.
    static let vectors: [Vector] = [
        Vector(
            name: "case 1", key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            name: "case 2", key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            name: "case 3", key: Array(repeating: 0xaa, count: 20), data: Array(repeating: 0xdd, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            name: "case 4", key: Array(1...25), data: Array(repeating: 0xcd, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            name: "case 5", key: Array(repeating: 0x0c, count: 20), data: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            name: "case 6", key: Array(repeating: 0xaa, count: 131),
            data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            name: "case 7", key: Array(repeating: 0xaa, count: 131),
            data: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors) func hmacOfThePublishedMessages(_ vector: Vector) {
        let mac = HMACSHA256(key: vector.key)
        let code = Hex.encode(mac.authenticate(vector.data))
        #expect(code.prefix(vector.code.count) == vector.code)
        #expect(Hex.encode(mac.authenticate(vector.data)) == code, "One state serves many messages.")
    }

    /// RFC 7515 appendix A.1: the signature of a JWS with HS256.
    @Test func hmacSignsTheExampleOfRFC7515() throws {
        let key = try #require(Base64URL.decode(ExampleToken.key))
        let code = HMACSHA256(key: key).authenticate(Array(ExampleToken.signed.utf8))
        #expect(Base64URL.encode(code) == ExampleToken.signature)
    }

    @Test func aCodeIsGoodForItsMessageAndKeyOnly() {
        let mac = HMACSHA256(key: [1])
        let code = mac.authenticate([1, 2, 3])
        #expect(mac.verify(code, of: [1, 2, 3]))
        #expect(!mac.verify(code, of: [1, 2, 4]))
        #expect(!mac.verify(Array(code.dropLast()), of: [1, 2, 3]))
        #expect(!mac.verify([], of: [1, 2, 3]))
        #expect(!HMACSHA256(key: [2]).verify(code, of: [1, 2, 3]))
    }

    @Test func comparisonSeesEveryByte() {
        let bytes = [UInt8](repeating: 7, count: 32)
        #expect(constantTimeEquals(bytes, bytes))
        #expect(constantTimeEquals([], []))
        #expect(!constantTimeEquals(bytes, bytes + [7]))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!constantTimeEquals(bytes, other))
        }
    }
}

/// RFC 7515 appendix A.1.
enum ExampleToken {
    static let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    static let signed =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    static let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
}
