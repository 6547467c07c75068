import Primitives
import Security
import Testing

/// The key of RFC 9421 B.1.4, whose both halves everybody knows.
enum ExampleKey {
    static func `private`() throws -> Ed25519PrivateKey {
        let seed = try #require(Base64URL.decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"))
        return try #require(Ed25519PrivateKey(seed: seed))
    }

    static func `public`() throws -> Ed25519PublicKey {
        try key("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
    }

    /// The key of RFC 8037 A.3.
    static func second() throws -> Ed25519PublicKey {
        try key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    }

    private static func key(_ text: String) throws -> Ed25519PublicKey {
        let bytes = try #require(Base64URL.decode(text))
        return try #require(Ed25519PublicKey(bytes))
    }
}
