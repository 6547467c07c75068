public import Dialect
public import Federation
internal import Primitives
public import Security
public import Webhooks

/// What the Cosmos dialect needs of the rest of the house.
public struct CosmosServices: Sendable {
    /// What all dialects need.
    public var shared: DialectServices
    /// Knows which servers are believed.
    public var federation: Federation
    /// Checks access tokens of the Chat API: its logins are good here, too.
    public var accessTokens: AccessTokenCodec
    /// Sends what happens to those who asked for it.
    public var webhooks: WebhookEngine
    /// Hears of signed requests that are refused: the name of the key, which anybody can write, and the code of the answer.
    public var noteRefusal: @Sendable (_ keyID: String, _ code: Int) -> Void

    /// Names every service once.
    public init(
        shared: DialectServices, federation: Federation, accessTokens: AccessTokenCodec, webhooks: WebhookEngine,
        noteRefusal: @escaping @Sendable (_ keyID: String, _ code: Int) -> Void = { _, _ in }
    ) {
        self.shared = shared
        self.federation = federation
        self.accessTokens = accessTokens
        self.webhooks = webhooks
        self.noteRefusal = noteRefusal
    }
}
