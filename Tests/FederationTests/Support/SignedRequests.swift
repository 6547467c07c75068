import Federation
import Primitives
import Security
import Testing

/// Requests of the metadata server, good ones and others.
struct RequestDraft {
    static let components = ["@method", "@authority", "@path", "@query"]

    var method = "POST"
    var path = "/galaxy"
    var body = Array(#"{"id":"g1","name":"My Cool Galaxy","ownerId":"u1"}"#.utf8)
    var key: Ed25519PrivateKey
    var created: Int64
    var lifetime: Int64 = 60
    var nonce: String
    var label = "sig1"

    /// The request with its signature.
    func signed() throws -> SignedMessage {
        var message = SignedMessage(
            method: method, scheme: "https", authority: "galaxy.example.com", path: path, headers: [], body: body)
        if !body.isEmpty { message.headers = [("content-type", "application/json"), ("content-digest", ContentDigest.field(for: body))] }
        return try signed(message)
    }

    /// A message with one signature more.
    func signed(_ message: SignedMessage) throws -> SignedMessage {
        var message = message
        let fields = try MessageSigner(key: key, tag: "cosmos-s2s-v1").fields(
            for: message, covering: Self.components + (message.body.isEmpty ? [] : ["content-digest", "content-type"]), created: created,
            expires: created + lifetime, nonce: nonce, label: label)
        message.headers += [("signature-input", fields.input), ("signature", fields.signature)]
        return message
    }
}

extension TrustWorld {
    private static let nonces = Mutex(0)

    /// A draft of this moment with a nonce of its own.
    func draft(_ key: Ed25519PrivateKey, _ change: (inout RequestDraft) -> Void = { _ in }) -> RequestDraft {
        let number = Self.nonces.withLock { count in
            count += 1
            return count
        }
        var draft = RequestDraft(key: key, created: now, nonce: "nonce-of-a-request-\(number)")
        change(&draft)
        return draft
    }

    /// Who has signed a new request of this moment with a key.
    @discardableResult
    func request(_ key: Ed25519PrivateKey) async throws -> MetadataServer? {
        try await federation.metadataServer(signing: try draft(key).signed())
    }

    /// A new request with a key is refused.
    func expectRefused(_ key: Ed25519PrivateKey, _ failure: TrustFailure, sourceLocation: SourceLocation = #_sourceLocation) async {
        await #expect(throws: failure, sourceLocation: sourceLocation) { try await request(key) }
    }

    /// A new request with a key is taken.
    func expectTaken(_ key: Ed25519PrivateKey, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let server = try await request(key)
        #expect(server?.origin == Self.metadata.origin && server?.keyID == key.thumbprint, sourceLocation: sourceLocation)
    }
}
