import Primitives
import Security
import Testing

/// Signs requests by joining the lines of RFC 9421 2.5 itself, so that a mistake in the signer and the reader cannot cancel out.
enum RequestMaker {
    static let covered = #"("@method" "@authority" "@path" "@query" "content-digest" "content-type")"#
    static let times = ";created=1767225600;expires=1767225660"
    static let nonce = #";nonce="3q2-7wAAAAAAAAAAAAAAAA""#
    static let keyID = #";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U""#
    static let tag = #";tag="cosmos-s2s-v1""#
    static let parameters = times + nonce + keyID + tag
    /// 64 bytes that nobody has signed: where the fields are refused, they are not looked at.
    static let noSignature = ":" + Base64.encode([UInt8](repeating: 1, count: 64)) + ":"

    /// A POST with these lines for the two fields.
    static func post(_ input: [String], _ signature: [String], more: [(name: String, value: String)] = []) -> SignedMessage {
        SignedMessage(
            method: "POST", scheme: "https", authority: "galaxy.example.com", path: "/galaxy",
            headers: [("content-type", "application/json"), ("content-digest", ContentDigest.field(for: [UInt8]("{}".utf8)))]
                + input.map { ("signature-input", $0) } + signature.map { ("signature", $0) } + more, body: Array("{}".utf8))
    }

    /// A POST with one signature, or with what is to be taken for one.
    static func post(_ value: String, more: [(name: String, value: String)] = []) -> SignedMessage {
        post(["a=\(value)"], ["a=\(noSignature)"], more: more)
    }

    /// A message with a good signature over these components, whose values the caller knows.
    static func sign(
        _ message: SignedMessage, _ components: [(identifier: String, value: String)], parameters: String = parameters
    ) throws -> SignedMessage {
        let list = "(" + components.map(\.identifier).joined(separator: " ") + ")" + parameters
        let lines = components.map { "\($0.identifier): \($0.value)" } + ["\"@signature-params\": \(list)"]
        let signature = try ExampleKey.private().sign(Array(lines.joined(separator: "\n").utf8))
        var signed = message
        signed.headers += [("signature-input", "a=\(list)"), ("signature", "a=:\(Base64.encode(signature)):")]
        return signed
    }
}
