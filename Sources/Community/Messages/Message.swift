public import Primitives

/// What a message is. The numbers stand in the database; a dialect shows the kinds it knows.
public enum MessageKind: Int64, Sendable, CaseIterable {
    /// Written by its author.
    case text = 0
    /// Notes that the channel was made.
    case channelCreate = 1
    /// Notes that the channel was renamed; the content is the new name.
    case channelRename = 2
}

/// Something said in a channel.
public struct Message: Sendable, Equatable {
    /// The id; messages of a channel stand in the order of their ids.
    public var id: MessageID
    /// Where it was said.
    public var channelID: ChannelID
    /// The space of the channel; nil for a direct channel.
    public var spaceID: SpaceID?
    /// Who said it, as the account is now; of what a webhook said the name and picture of then, and the webhook's id.
    public var author: Author
    /// What it is.
    public var kind: MessageKind
    /// As sent; empty for kinds that have none.
    public var content: String
    /// When it was said.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var editedAt: Timestamp?
    /// The webhook that said it; nil for what people say.
    public var webhook: WebhookAuthorship?
    /// What the sender marked it with: only in the answer to the sender and in the live event.
    public var nonce: String?

    /// A message with all its parts.
    public init(
        id: MessageID, channelID: ChannelID, spaceID: SpaceID?, author: Author, kind: MessageKind = .text, content: String,
        createdAt: Timestamp, editedAt: Timestamp? = nil, nonce: String? = nil, webhook: WebhookAuthorship? = nil
    ) {
        self.id = id
        self.channelID = channelID
        self.spaceID = spaceID
        self.author = author
        self.kind = kind
        self.content = content
        self.createdAt = createdAt
        self.editedAt = editedAt
        self.nonce = nonce
        self.webhook = webhook
    }
}
