internal import Primitives

/// Signatures of webhooks, as Standard Webhooks 1.0.0 writes them (contracts/cosmos.md 8).
public enum StandardWebhookSignature {
    /// Bytes of a secret that is made here.
    public static let secretLength = 32

    /// `v1`: HMAC-SHA256 under a secret that both sides know.
    public static func symmetric(id: String, timestamp: Int64, body: [UInt8], secret: [UInt8]) -> String {
        "v1," + Base64.encode(HMACSHA256(key: secret).authenticate(content(id, timestamp, body)))
    }

    /// `v1a`: Ed25519 under a key whose public half receivers know.
    public static func asymmetric(id: String, timestamp: Int64, body: [UInt8], key: Ed25519PrivateKey) -> String {
        "v1a," + Base64.encode(key.sign(content(id, timestamp, body)))
    }

    /// A secret as it is shown to whoever sets up a receiver.
    public static func text(ofSecret secret: [UInt8]) -> String {
        "whsec_" + Base64.encode(secret)
    }

    /// A public key as it is shown to whoever sets up a receiver.
    public static func text(of key: Ed25519PublicKey) -> String {
        "whpk_" + Base64.encode(key.bytes)
    }

    private static func content(_ id: String, _ timestamp: Int64, _ body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }
}
