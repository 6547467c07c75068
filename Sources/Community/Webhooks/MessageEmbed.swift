public import Primitives

/// Something that a message shows beside its text: a card with a title, a text, fields and pictures.
public struct MessageEmbed: Sendable, Equatable {
    /// At most 256 characters.
    public var title: String?
    /// At most 4096 characters.
    public var description: String?
    /// Where the title leads.
    public var url: String?
    /// The time that the card is about.
    public var timestamp: Timestamp?
    /// Red, green and blue: 0 to 16777215.
    public var color: Int?
    /// Who has said it.
    public var author: Author?
    /// At most 25.
    public var fields: [Field]
    /// The address of a large picture.
    public var imageURL: String?
    /// The address of a small picture.
    public var thumbnailURL: String?
    /// What stands below.
    public var footer: Footer?

    /// A card with all its parts.
    public init(
        title: String? = nil, description: String? = nil, url: String? = nil, timestamp: Timestamp? = nil, color: Int? = nil,
        author: Author? = nil, fields: [Field] = [], imageURL: String? = nil, thumbnailURL: String? = nil, footer: Footer? = nil
    ) {
        self.title = title
        self.description = description
        self.url = url
        self.timestamp = timestamp
        self.color = color
        self.author = author
        self.fields = fields
        self.imageURL = imageURL
        self.thumbnailURL = thumbnailURL
        self.footer = footer
    }

    /// Who has said what a card shows.
    public struct Author: Sendable, Equatable {
        /// At most 256 characters.
        public var name: String
        /// Where the name leads.
        public var url: String?
        /// The address of a picture.
        public var iconURL: String?

        /// Somebody.
        public init(name: String, url: String? = nil, iconURL: String? = nil) {
            self.name = name
            self.url = url
            self.iconURL = iconURL
        }
    }

    /// A name and a value.
    public struct Field: Sendable, Equatable {
        /// At most 256 characters.
        public var name: String
        /// At most 1024 characters.
        public var value: String
        /// Whether others may stand beside it.
        public var isInline: Bool

        /// A name and a value.
        public init(name: String, value: String, isInline: Bool = false) {
            self.name = name
            self.value = value
            self.isInline = isInline
        }
    }

    /// What stands below a card.
    public struct Footer: Sendable, Equatable {
        /// At most 2048 characters.
        public var text: String
        /// The address of a picture.
        public var iconURL: String?

        /// A line.
        public init(text: String, iconURL: String? = nil) {
            self.text = text
            self.iconURL = iconURL
        }
    }

    /// Whether there is nothing to see.
    public var isEmpty: Bool {
        title == nil && description == nil && author == nil && fields.isEmpty && imageURL == nil && thumbnailURL == nil && footer == nil
    }

    /// Unicode scalars of all texts: what counts towards the 6000 of a message.
    var length: Int {
        let texts = [title, description, author?.name, footer?.text].compactMap { $0 } + fields.flatMap { [$0.name, $0.value] }
        return texts.reduce(0) { $0 + $1.unicodeScalars.count }
    }
}
