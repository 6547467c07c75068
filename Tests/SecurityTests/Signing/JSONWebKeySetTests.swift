import Primitives
import Security
import Testing

/// contracts/cosmos.md 3.5, "Document".
struct JSONWebKeySetTests {
    private static let x = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    private static let thumbprint = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"

    private func keys(_ entries: String) throws -> JSONWebKeySet {
        try JSONWebKeySet(parsing: Array("{\"keys\":[\(entries)]}".utf8))
    }

    private func entry(_ more: String = "", kty: String = "OKP", crv: String = "Ed25519", x: String = x) -> String {
        #"{"kty":"\#(kty)","crv":"\#(crv)","x":"\#(x)"\#(more)}"#
    }

    /// The keys of test vector 4.
    @Test func whatIsPublishedIsRead() throws {
        let first = try ExampleKey.public()
        let second = try ExampleKey.second()
        let document = JSONWebKeySet.document([first, second])
        let vector = #"""
            {"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"Ed25519","kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"},{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"Ed25519","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
            """#
        #expect(String(decoding: document, as: UTF8.self) == vector)
        #expect(try JSONWebKeySet(parsing: document).entries.map(\.key) == [first, second])
        #expect(try JSONWebKeySet(parsing: document)[Self.thumbprint]?.key == first)
        #expect(try JSONWebKeySet(parsing: document)["nobody"] == nil)
    }

    @Test(
        arguments: [
            "", #","use":"sig""#, #","alg":"Ed25519""#, #","alg":"EdDSA""#, #","alg":"ed25519""#, #","kid":"\#(thumbprint)""#,
            #","more":{"members":[]}"#,
        ]) func akeyThatSaysNothingElseCounts(_ more: String) throws
    {
        #expect(try keys(entry(more)).entries.count == 1)
    }

    @Test(
        arguments: [
            #","use":"enc""#, #","use":1"#, #","use":null"#, #","alg":"ES256""#, #","alg":"none""#, #","kid":"another""#, #","kid":"""#,
            #","nbf":"soon""#, #","exp":1.5"#,
        ]) func aKeyForSomethingElseIsLeftOut(_ more: String) throws
    {
        #expect(try keys(entry(more)).entries.isEmpty)
        #expect(try keys(entry(more) + "," + entry()).entries.count == 1)
    }

    @Test func whatIsNoKeyOfThisKindIsLeftOut() throws {
        #expect(try keys(entry(kty: "RSA")).entries.isEmpty)
        #expect(try keys(entry(crv: "X25519")).entries.isEmpty)
        #expect(try keys(entry(x: Self.x + "=")).entries.isEmpty)
        #expect(try keys(entry(x: String(Self.x.dropLast()))).entries.isEmpty)
        #expect(try keys(entry(x: "")).entries.isEmpty)
        #expect(try keys(#"5,"text",null,{}"#).entries.isEmpty)
    }

    @Test func timesLimitAKey() throws {
        let found = try #require(try keys(entry(#","nbf":100,"exp":200"#)).entries.first)
        #expect(!found.isGood(at: 99) && found.isGood(at: 100) && found.isGood(at: 199) && !found.isGood(at: 200))
        #expect(try keys(entry()).entries.allSatisfy { $0.isGood(at: .max) && $0.isGood(at: .min) })
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, "nonsense", #"{"keys":[],"keys":[]}"#])
    func whatIsNoDocumentIsRefused(_ text: String) {
        #expect(throws: JSONWebKeyError.malformed) { try JSONWebKeySet(parsing: Array(text.utf8)) }
    }

    @Test func thirtyTwoKeysAreRead() throws {
        #expect(try keys(Array(repeating: entry(), count: 32).joined(separator: ",")).entries.count == 32)
        #expect(throws: JSONWebKeyError.tooMany(limit: 32)) { try keys(Array(repeating: "{}", count: 33).joined(separator: ",")) }
    }
}
