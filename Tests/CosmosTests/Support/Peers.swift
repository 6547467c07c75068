import Federation
import HTTPClient
import Primitives
import Security
import StorageTesting

/// The metadata server and the identity server of a test.
final class Peers: Sendable {
    let clock: ManualClock
    private let metadataKey: Ed25519PrivateKey
    private let identityKey: Ed25519PrivateKey
    private let numbers = Mutex(0)

    init(clock: ManualClock) {
        self.clock = clock
        metadataKey = Self.key(1)
        identityKey = Self.key(2)
    }

    /// Answers what key documents are asked for.
    var sender: OutboundSender {
        let (metadata, identity) = (metadataKey.publicKey, identityKey.publicKey)
        return OutboundSender { request in
            let key = request.url.host == "metadata.example.net" ? metadata : identity
            return .success(
                OutboundResponse(status: 200, headers: [("content-type", "application/json")], body: JSONWebKeySet.document([key])))
        }
    }

    static func key(_ byte: UInt8) -> Ed25519PrivateKey {
        guard let key = Ed25519PrivateKey(seed: [UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes are a seed") }
        return key
    }

    private func number() -> Int {
        numbers.withLock { number in
            number += 1
            return number
        }
    }

    // MARK: Tokens

    /// An identity token of ten minutes.
    ///
    /// - Parameter more: further members, each with a comma before it.
    func token(_ subject: String = "u1", more: String = "", issuer: String = "https://identity.example.net") -> String {
        let now = clock.now.seconds
        return sign(
            type: "cosmos-id+jwt",
            """
            {"iss":"\(issuer)","sub":"\(subject)","aud":"\(CosmosWorld.origin)","iat":\(now),"exp":\(now + 600),\
            "jti":"token-number-\(10_000 + number())"\(more)}
            """)
    }

    /// What says that an owner wants a galaxy.
    func assertion(_ subject: String = "u1", galaxy: String = "g1", action: String = "galaxy.create") -> String {
        let now = clock.now.seconds
        return sign(
            type: "cosmos-act+jwt",
            """
            {"iss":"https://identity.example.net","sub":"\(subject)","aud":"\(CosmosWorld.origin)","iat":\(now),"exp":\(now + 300),\
            "jti":"assertion-number-\(10_000 + number())","act":"\(action)","galaxyId":"\(galaxy)"}
            """)
    }

    private func sign(type: String, _ claims: String) -> String {
        let header = #"{"alg":"Ed25519","typ":"\#(type)","kid":"\#(identityKey.publicKey.thumbprint)"}"#
        let signed = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(claims.utf8))"
        return "\(signed).\(Base64URL.encode(identityKey.sign(Array(signed.utf8))))"
    }

    // MARK: Signatures

    /// The header fields of a signed request, with those given before them, which are covered.
    func signed(_ method: String, _ target: String, _ fields: [(String, String)] = [], body: String? = nil) throws -> [(String, String)] {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let bytes = Array((body ?? "").utf8)
        var fields = fields
        if body != nil {
            fields += [("Content-Type", "application/json"), ("Content-Digest", ContentDigest.field(for: bytes))]
        }
        let message = SignedMessage(
            method: method, scheme: "https", authority: "galaxy.example.com", path: parts[0], query: parts.count == 2 ? parts[1] : nil,
            headers: fields.map { ($0.0.lowercased(), $0.1) }, body: bytes)
        let now = clock.now.seconds
        let made = try MessageSigner(key: metadataKey, tag: "cosmos-s2s-v1").fields(
            for: message, covering: ["@method", "@authority", "@path", "@query"] + fields.map { $0.0.lowercased() }, created: now,
            expires: now + 60, nonce: "nonce-of-a-request-\(10_000 + number())")
        return fields + [("Signature-Input", made.input), ("Signature", made.signature)]
    }
}
