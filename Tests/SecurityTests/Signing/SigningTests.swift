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
