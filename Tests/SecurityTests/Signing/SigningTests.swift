import Primitives
import Security
import Testing

struct SigningTests {
    /// contracts/cosmos.md 3.3: the public half and the thumbprint of the example key.
    @Test func theSeedGivesTheKeyAndItsThumbprint() throws {
        let key = try ExampleKey.private()
        #expect(key.publicKey == (try ExampleKey.public()))
        #expect(key.publicKey.thumbprint == "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U")
        #expect(Ed25519PublicKey.exampleThumbprint == key.publicKey.thumbprint)
    }

    /// RFC 8037 A.3: the thumbprint of its example key.
    @Test func theThumbprintIsThatOfRFC8037() throws {
        let key = try ExampleKey.second()
        #expect(key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    /// RFC 8037 A.1, A.4 and A.5.
    @Test func theSignatureIsThatOfRFC8037() throws {
        let seed = try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
        let key = try #require(Ed25519PrivateKey(seed: seed))
        let message = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
        let signature = try #require(
            Base64URL.decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"))
        #expect(key.publicKey == (try ExampleKey.second()))
        #expect(key.sign(message) == signature)
        #expect(key.publicKey.verify(signature, of: message))
    }

    /// With a key of small order, R = the neutral point and S = 0 would be good for every message (RFC 8032 8.4 leaves that to the verifier).
    @Test(arguments: [0, 1] as [UInt8]) func aKeyOfSmallOrderSignsNothing(_ first: UInt8) throws {
        let key = try #require(Ed25519PublicKey([first] + [UInt8](repeating: 0, count: 31)))
        #expect(!key.verify([1] + [UInt8](repeating: 0, count: 63), of: Array("a message".utf8)))
    }

    /// S and S + L would be two signatures of one message (RFC 8032 5.1.7): a replay with other bytes.
    @Test func aSignatureHasOneForm() throws {
        let key = try ExampleKey.private()
        let message = Array("a message".utf8)
        var signature = key.sign(message)
        let order: [UInt8] = [
            0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0,
            0, 0x10,
        ]
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!key.publicKey.verify(signature, of: message))
    }

    @Test func onlyTheOwnersSignatureOfThisMessageIsGood() throws {
        let key = try ExampleKey.private()
        let other = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
        let message = Array("a message".utf8)
        let signature = key.sign(message)
        #expect(key.publicKey.verify(signature, of: message))
        #expect(!key.publicKey.verify(signature, of: message + [0]))
        #expect(!other.publicKey.verify(signature, of: message))
        for index in [0, 31, 32, 63] {
            var changed = signature
            changed[index] ^= 1
            #expect(!key.publicKey.verify(changed, of: message))
        }
        #expect(!key.publicKey.verify(Array(signature.dropLast()), of: message))
        #expect(!key.publicKey.verify([], of: message))
    }

    @Test(arguments: [0, 31, 33]) func aKeyHasThirtyTwoBytes(_ count: Int) {
        #expect(Ed25519PublicKey([UInt8](repeating: 1, count: count)) == nil)
        #expect(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func aPrivateKeyShowsNothing() throws {
        let key = try ExampleKey.private()
        #expect("\(key)" == "***" && String(reflecting: key) == "***")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("159"))
    }

    /// contracts/cosmos.md 8.2, test vectors 5 (a) and (b).
    @Test(
        arguments: [
            (
                "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, #"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v1a,DUtvzXtl5qIXze3JPo6rALmXavfKANTNhBE5t63gLd1HoLKp8vFSx57KKvKnGVHRv1wu4zZRKjF8iB6z6ginAw=="
            ),
            (
                "msg_01JGFJJZ00BBBBBBBBBBBBBBBB", 1_767_225_600,
                #"{"type":"channel.created","timestamp":"2026-01-01T00:00:00Z","data":{"galaxyId":"g1","channelId":"c1"}}"#,
                "v1,Q4owDI2oZuI05zk1/3jZQawopSdOVu8b7Sxq1OcZoyU=",
                "v1a,IbsjsZbTNNCPTowlUjZE0UYEdaM3hLJxNY3DUlXvfHk/3wVSlESxLzHPm0T03yJaa47P2/GbLCPTPrtQu/9xCw=="
            ),
        ] as [(String, Int64, String, String, String)])
    func webhooksAreSignedAsStandardWebhooksSays(
        _ id: String, _ timestamp: Int64, _ body: String, _ symmetric: String, _ asymmetric: String
    ) throws {
        let secret = try #require(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let body = Array(body.utf8)
        #expect(StandardWebhookSignature.text(ofSecret: secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(StandardWebhookSignature.symmetric(id: id, timestamp: timestamp, body: body, secret: secret) == symmetric)
        let key = try ExampleKey.private()
        #expect(StandardWebhookSignature.asymmetric(id: id, timestamp: timestamp, body: body, key: key) == asymmetric)
        #expect(StandardWebhookSignature.text(of: key.publicKey) == "whpk_JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    }

    /// contracts/cosmos.md 9.6, test vector 6.
    @Test func theSignatureOfGitHubIsAnHMAC() {
        let code = HMACSHA256(key: Array("It's a Secret to Everybody".utf8)).authenticate("Hello, World!".utf8)
        #expect(Hex.encode(code) == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    }

    /// FIPS 180-4, the example "abc".
    @Test func sha512IsThatOfItsStandard() {
        #expect(
            Hex.encode(SHA512.hash("abc".utf8))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }
}
