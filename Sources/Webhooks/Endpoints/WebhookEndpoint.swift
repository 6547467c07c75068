public import Community
public import Primitives

/// The id of an endpoint.
public typealias EndpointID = Identifier<WebhookEndpoint>

/// How deliveries are signed. The numbers stand in the database.
public enum SignatureScheme: Int64, Sendable, CaseIterable {
    /// HMAC under a secret of the endpoint.
    case symmetric = 0
    /// Ed25519 under this server's key.
    case asymmetric = 1
    /// Both.
    case both = 2

    /// As Standard Webhooks names it.
    public var name: String {
        switch self {
        case .symmetric: "v1"
        case .asymmetric: "v1a"
        case .both: "both"
        }
    }

    /// By that name.
    public init?(name: String) {
        guard let scheme = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = scheme
    }
}

/// Whether an endpoint is told of anything. The numbers stand in the database.
public enum EndpointState: Int64, Sendable {
    /// It has not answered yet.
    case pending = 0
    /// It is told.
    case active = 1
    /// It is not told any more.
    case disabled = 2

    /// As the wire names it.
    public var name: String {
        switch self {
        case .pending: "pending"
        case .active: "active"
        case .disabled: "disabled"
        }
    }
}

/// Why an endpoint is disabled, as the wire and the database name it.
public enum DisabledReason: String, Sendable {
    /// Somebody said so.
    case user
    /// It answered 410.
    case gone
    /// It failed for five days.
    case failing
    /// Its address is not allowed.
    case urlNotAllowed = "url_not_allowed"
    /// Too much waited for it.
    case backlog
    /// Whoever made it may have no webhooks any more.
    case creatorLostPermission = "creator_lost_permission"
}

/// Where events of a galaxy are sent (contracts/cosmos.md 8.1).
public struct WebhookEndpoint: Sendable, Equatable {
    /// The id.
    public var id: EndpointID
    /// The galaxy's space; nil for an endpoint of the operator, which hears of all galaxies.
    public var spaceID: SpaceID?
    /// Where to.
    public var url: String
    /// Exact types, `prefix.*`, or `*`.
    public var events: [String]
    /// Channels that it is limited to, by their ids on the wire; nil: all.
    public var channels: [String]?
    /// What somebody says of it.
    public var description: String?
    /// How deliveries are signed.
    public var scheme: SignatureScheme
    /// Whether it is told of anything.
    public var state: EndpointState
    /// Why not.
    public var disabledReason: DisabledReason?
    /// Who made it: whatever it is told, this account may see.
    public var createdBy: AccountID
    /// When it was made.
    public var createdAt: Timestamp
    /// When it answered well last.
    public var lastSuccessAt: Timestamp?
    /// Since when it has only failed.
    public var firstFailureAt: Timestamp?
}

/// What somebody wants to change about an endpoint.
public struct EndpointChanges: Sendable {
    /// Where to; nil: as it is.
    public var url: String?
    /// Nil: as they are.
    public var events: [String]?
    /// Channels that it is limited to.
    public var channels: ListChange
    /// What is said of it.
    public var description: Change<String>
    /// False disables it, true forgets its failures; nil: as it is.
    public var isEnabled: Bool?

    /// Whether they change what is sent, or where.
    var concernWhatIsSent: Bool {
        if case .set = channels { return true }
        return url != nil || events != nil || isEnabled == true
    }

    /// What is said about a list that may be removed.
    public enum ListChange: Sendable {
        /// It stays.
        case keep
        /// It is this from now on.
        case set([String]?)
    }

    /// Changes; what is not named stays as it is.
    public init(
        url: String? = nil, events: [String]? = nil, channels: ListChange = .keep, description: Change<String> = .keep,
        isEnabled: Bool? = nil
    ) {
        self.url = url
        self.events = events
        self.channels = channels
        self.description = description
        self.isEnabled = isEnabled
    }
}
