internal import JSON
internal import Primitives

@testable import HTTP
@testable import Security

/// What other servers sign: fields of message signatures, tokens and proofs. Nothing that is taken is outside of the rules.
enum SignaturesHarness {
    private static let now: Int64 = 1_767_225_600

    static func run(_ bytes: [UInt8]) throws(Finding) {
        let input = FuzzInput(bytes)
        let text = String(decoding: input.content, as: UTF8.self)
        switch input.choices[0] % 3 {
        case 0: try message(text, isResponse: input.choices[1] & 1 != 0)
        case 1: try token(text)
        default:
            // A line for the header and one for the claims: what is found behind the encoding.
            let parts = input.content.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            try token(parts.map { Base64URL.encode($0) + "." }.joined() + "AAAA")
        }
    }

    /// Two lines: `Signature-Input` and `Signature`.
    private static func message(_ text: String, isResponse: Bool) throws(Finding) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let headers = [
            ("content-type", "text/plain"), ("signature-input", lines[0]), ("signature", lines.count > 1 ? lines[1] : "a=:AQ==:"),
        ]
        var message = SignedMessage(method: "POST", scheme: "https", authority: "a.example", path: "/a", headers: headers, body: [1])
        if isResponse { message = message.response(status: 200, headers: headers, body: [1]) }
        for profile in [SignatureProfile.serverRequest, .keyDocument] {
            guard let found = try? MessageSignature.candidates(in: message, of: profile), !found.isEmpty else { continue }
            try require(lines[0].utf8.count <= MessageSignature.fieldLimit, "a field above the limit is read")
            try require(found.count <= MessageSignature.candidateLimit, "\(found.count) signatures are above the limit")
            for signature in found { try check(signature, of: message, profile) }
        }
    }

    private static func check(
        _ signature: MessageSignature, of message: SignedMessage, _ profile: SignatureProfile
    ) throws(Finding) {
        try require(signature.components.count <= MessageSignature.componentLimit, "components are above the limit")
        try require(Set(signature.components).count == signature.components.count, "a component is covered twice")
        try require(signature.keyID.utf8.count == 43, "the key is named \(signature.keyID)")
        let isRequest = profile.tag == SignatureProfile.serverRequest.tag
        try require(!isRequest || (16...128).contains(signature.nonce.utf8.count), "the nonce is \(signature.nonce)")
        try require(!isRequest || !signature.components.contains(where: \.isOfRequest), "a request covers another")
        if (try? signature.checkTime(now: now, skew: 60, maximumAge: 300)) != nil {
            try require((now - 60...now + 360).contains(signature.expires), "a signature is good until \(signature.expires)")
            try require((now - 360...now + 60).contains(signature.created), "a signature is good since \(signature.created)")
        }
        guard let key = Ed25519PublicKey([UInt8](repeating: 0, count: 32)) else { return }
        // The point of small order, for which lax verifiers take any message.
        try require((try? signature.verify(message, with: key)) == nil, "a key of nobody has signed")
    }

    private static func token(_ text: String) throws(Finding) {
        let rules = TokenRules(audience: "https://a.example", now: now, skew: 60, maximumLifetime: 900)
        for type in [IdentityToken.type, ActionToken.type] {
            guard let token = try? CompactJWS(text, type: type) else { continue }
            try checkForm(text, token)
            if let identity = try? IdentityToken(token, rules) {
                try require(identity.expiresAt > now - 60 && identity.issuedAt <= now + 60, "a token is good outside of its time")
                try require((1...900).contains(identity.expiresAt - identity.issuedAt), "a token is good for too long")
                try require(OpaqueIdentifier.isValid(identity.subject), "a token is for \(identity.subject)")
            }
            if let action = try? ActionToken(token, rules) {
                try require(action.expiresAt <= now + 60 + ActionToken.maximumLifetime, "an action is good for too long")
            }
        }
        _ = try? PossessionProof(text, method: "GET", url: "https://a.example/", token: "a", now: now)
        if let proof = try? CompactJWS(text, type: PossessionProof.type, carriesKey: true) { try checkForm(text, proof) }
    }

    private static func checkForm(_ text: String, _ token: CompactJWS) throws(Finding) {
        try require(text.utf8.count <= CompactJWS.lengthLimit, "a token above the limit is read")
        let isPlain = text.utf8.allSatisfy { OpaqueIdentifier.isWord($0) || $0 == UInt8(ascii: ".") }
        try require(isPlain && text.utf8.count { $0 == UInt8(ascii: ".") } == 2, "a token is read that nobody writes")
        for name in ["crit", "jku", "x5u", "x5c", "b64"] {
            try require(!token.header.contains(name), "a token says \(name)")
        }
        try require(token.header.contains("alg") && token.header.contains("typ"), "a token does not say what it is")
    }
}
