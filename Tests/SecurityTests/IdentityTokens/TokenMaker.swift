import Primitives
import Security

/// Signs tokens as another server would, good ones and others.
enum TokenMaker {
    static let keyID = Ed25519PublicKey.exampleThumbprint
    static let header = #"{"alg":"Ed25519","typ":"cosmos-id+jwt","kid":"\#(keyID)"}"#
    static let claims = """
        {"iss":"https://identity.example.net","sub":"u1","aud":"https://galaxy.example.com","iat":1767225600,"exp":1767226200,\
        "jti":"01JGFJJZ00AAAAAAAAAAAAAAAA","name":"alice"}
        """

    static func token(header: String = header, claims: String = claims) throws -> String {
        let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return signed + "." + Base64URL.encode(try ExampleKey.private().sign(Array(signed.utf8)))
    }

    /// The claims of the vector with some of them replaced, or removed by nil.
    static func claims(_ changes: [(String, String?)]) -> String {
        var claims = [
            ("iss", #""https://identity.example.net""#), ("sub", #""u1""#), ("aud", #""https://galaxy.example.com""#),
            ("iat", "1767225600"), ("exp", "1767226200"), ("jti", #""01JGFJJZ00AAAAAAAAAAAAAAAA""#), ("name", #""alice""#),
        ]
        for (name, value) in changes {
            claims.removeAll { $0.0 == name }
            if let value { claims.append((name, value)) }
        }
        return "{" + claims.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}"
    }
}
