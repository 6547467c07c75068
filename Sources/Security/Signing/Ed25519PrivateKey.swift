internal import CSodium

/// A private key of Ed25519 (RFC 8032).
public struct Ed25519PrivateKey: Sendable {
    /// Bytes of the seed.
    public static let seedLength = 32

    /// What the key is made from, and all that has to be kept.
    public let seed: [UInt8]
    /// The other half.
    public let publicKey: Ed25519PublicKey
    private let secret: [UInt8]

    /// The key of a seed; nil when the bytes are not 32.
    public init?(seed: [UInt8]) {
        guard seed.count == Self.seedLength else { return nil }
        Sodium.start()
        var open = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secret = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        guard crypto_sign_seed_keypair(&open, &secret, seed) == 0, let publicKey = Ed25519PublicKey(open) else { return nil }
        self.seed = seed
        self.publicKey = publicKey
        self.secret = secret
    }

    /// The 64 bytes of the signature of a message.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519PublicKey.signatureLength)
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
        return signature
    }
}

extension Ed25519PrivateKey: CustomStringConvertible, CustomReflectable {
    /// Three stars: a key has no place in a log.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
