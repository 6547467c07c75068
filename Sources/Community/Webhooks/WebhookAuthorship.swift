/// Which webhook has said something, and what it sent.
public struct WebhookAuthorship: Sendable, Equatable {
    /// The webhook, which may be gone.
    public var id: WebhookID
    /// What was sent, as it stands in the database; nil when that is not known.
    let stored: String?

    /// What a webhook has sent: read when it is asked for, since few look at more than the text.
    public var post: WebhookPost? { stored.flatMap { WebhookPost(stored: $0) } }

    init(id: WebhookID, stored: String?) {
        self.id = id
        self.stored = stored
    }

    init(id: WebhookID, post: WebhookPost) {
        self.init(id: id, stored: post.stored)
    }
}
