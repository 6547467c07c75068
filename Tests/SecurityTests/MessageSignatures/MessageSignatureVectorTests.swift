import HTTP
import Primitives
import Security
import Testing

/// contracts/cosmos.md 3.3, 3.5: test vectors 1, 2 and 4, and RFC 9421 B.2.6.
struct MessageSignatureVectorTests {
    static let body = #"{"id":"g1","name":"My Cool Galaxy","ownerId":"u1"}"#

    static let post = SignedMessage(
        method: "POST", scheme: "https", authority: "galaxy.example.com", path: "/galaxy",
        headers: [
            ("content-type", "application/json"), ("content-digest", "sha-256=:buxI3A5bD+zXbpMFkiinnzetd/kJJLw3jColwVZdZew=:"),
            (
                "signature-input",
                #"sig1=("@method" "@authority" "@path" "@query" "content-digest" "content-type");created=1767225600;expires=1767225660;nonce="3q2-7wAAAAAAAAAAAAAAAA";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";tag="cosmos-s2s-v1""#
            ),
            ("signature", "sig1=:lPRCSbitKNJiEfH4DfSmNI8GAE1CHZMD5NQElcn+JUENUpADq7mbCAw+KW+VjNiXVHGBEeMjyH7Y0/WJpekdBg==:"),
        ], body: Array(body.utf8))

    @Test func aPostOfTheMetadataServerIsGood() throws {
        #expect(Self.post.body.count == 50)
        let found = try MessageSignature.candidates(in: Self.post, of: .serverRequest)
        let signature = try #require(found.first)
        #expect(found.count == 1)
        #expect(signature.label == "sig1" && signature.created == 1_767_225_600 && signature.expires == 1_767_225_660)
        #expect(signature.nonce == "3q2-7wAAAAAAAAAAAAAAAA" && signature.keyID == Ed25519PublicKey.exampleThumbprint)
        try signature.verify(Self.post, with: try ExampleKey.public())
        try ContentDigest.verify(Self.post)
        #expect(ContentDigest.field(for: Self.post.body) == Self.post.lines("content-digest").first)
    }

    @Test func aGetOfTheMetadataServerIsGood() throws {
        let get = SignedMessage(
            method: "GET", scheme: "https", authority: "galaxy.example.com", path: "/galaxy/g1",
            headers: [
                (
                    "signature-input",
                    #"sig1=("@method" "@authority" "@path" "@query");created=1767225600;expires=1767225660;nonce="AAAAAAAAAAAAAAAAAAAAAQ";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";tag="cosmos-s2s-v1""#
                ),
                ("signature", "sig1=:IlNfWgkw0uNCVoeHAFJVkD1lmaY67qAur/ltTzz018+X7CUPFxbOW2WkJBJW2lxDouTR6ozRF2d488wxQxgoDQ==:"),
            ])
        let signature = try #require(try MessageSignature.candidates(in: get, of: .serverRequest).first)
        try signature.verify(get, with: try ExampleKey.public())
    }

    /// The signer makes the bytes of the vector: Ed25519 leaves no choice.
    @Test func theSignerSignsAsTheVectorDoes() throws {
        let signer = MessageSigner(key: try ExampleKey.private(), tag: "cosmos-s2s-v1")
        let fields = try signer.fields(
            for: Self.post, covering: ["@method", "@authority", "@path", "@query", "content-digest", "content-type"],
            created: 1_767_225_600, expires: 1_767_225_660, nonce: "3q2-7wAAAAAAAAAAAAAAAA")
        #expect([fields.input] == Self.post.lines("signature-input"))
        #expect([fields.signature] == Self.post.lines("signature"))
    }

    /// Test vector 4.
    @Test func aSignedKeyDocumentIsGood() throws {
        let second = try ExampleKey.second()
        let request = SignedMessage(
            method: "GET", scheme: "https", authority: "identity.example.net", path: "/.well-known/jwks.json", headers: [])
        let document = request.response(
            status: 200,
            headers: [
                ("content-digest", "sha-256=:cyUA809AZiZ9zP23UCnDFcQY+aRRn+dIf2Z4jaMvan8=:"),
                (
                    "signature-input",
                    #"sig1=("@status" "content-digest" "@authority";req "@path";req);created=1767225600;expires=1767312000;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";tag="cosmos-keys-v1""#
                ),
                ("signature", "sig1=:7OAQR1/5biPED3oUlrFc4G92AGY9ypP39aEk7vXrUELPLX9CMpWK7SKRFDk4MkNOWUaMQ3mhmcuE2fjH0zGUBQ==:"),
            ], body: JSONWebKeySet.document([try ExampleKey.public(), second]))
        let signature = try #require(try MessageSignature.candidates(in: document, of: .keyDocument).first)
        try signature.verify(document, with: try ExampleKey.public())
        try ContentDigest.verify(document)
        // The same document for another server, or as another answer, is not signed.
        var moved = document
        moved.authority = "other.example.net"
        #expect(throws: SignatureFailure.invalid) { try signature.verify(moved, with: try ExampleKey.public()) }
        let failed = request.response(status: 203, headers: document.headers, body: document.body)
        #expect(throws: SignatureFailure.invalid) { try signature.verify(failed, with: try ExampleKey.public()) }
    }
}
