import Primitives
import Security
import Testing

/// Keys of other servers, the same in every run.
enum TestKeys {
    /// The key of a number.
    static func key(_ number: UInt8) throws -> Ed25519PrivateKey {
        try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: Ed25519PrivateKey.seedLength)))
    }

    /// The key of RFC 9421 B.1.4, whose both halves everybody knows.
    static func example() throws -> Ed25519PrivateKey {
        let seed = try #require(Base64URL.decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"))
        return try #require(Ed25519PrivateKey(seed: seed))
    }
}

extension Ed25519PrivateKey {
    /// The name of the public half.
    var thumbprint: String { publicKey.thumbprint }
}
