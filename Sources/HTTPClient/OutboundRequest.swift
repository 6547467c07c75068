/// A request to another server.
public struct OutboundRequest: Sendable {
    /// What happens to an answer that is longer than wanted.
    public enum Overflow: Sendable {
        /// Its beginning is enough.
        case truncate
        /// It is refused: `OutboundFailure.tooLarge`.
        case refuse
    }

    /// The method.
    public var method: String
    /// Where to.
    public var url: OutboundURL
    /// Names and values, besides `Host`, `Content-Length` and an `Accept` for everything.
    public var headers: [(name: String, value: String)]
    /// The body; empty for none.
    public var body: [UInt8]
    /// The body in a file, which is sent in place of `body`; the method is PUT then.
    public var file: OutboundFile?
    /// What the request is signed with.
    public var credential: SigningCredential?
    /// Whether the connection is kept for the next such request to the same address, and one that was kept is taken: for the many requests to a
    /// place that the operator has named. The address is checked each time all the same.
    public var keepsConnection: Bool
    /// How long connecting may take, TLS included.
    public var connectTimeout: Duration
    /// How long all may take, resolving the name included; waiting for a turn is not.
    public var timeout: Duration
    /// Bytes of the answer's body that are kept.
    public var bodyLimit: Int
    /// What happens to a longer one.
    public var overflow: Overflow

    /// A request.
    public init(
        method: String = "GET", url: OutboundURL, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        file: OutboundFile? = nil, credential: SigningCredential? = nil, keepsConnection: Bool = false,
        connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(15), bodyLimit: Int = 4_096, overflow: Overflow = .truncate
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.file = file
        self.credential = credential
        self.keepsConnection = keepsConnection
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.overflow = overflow
    }
}

/// The answer of another server.
public struct OutboundResponse: Sendable {
    /// The status.
    public var status: Int
    /// Names in lower case and values, in the order of the lines.
    public var headers: [(name: String, value: String)]
    /// The body, or its beginning.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a field, by its name in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// Why there is no answer.
public enum OutboundFailure: Error, Sendable, Equatable {
    /// The guard does not permit an address of the host.
    case forbiddenAddress
    /// The name has no address, or was not resolved in time.
    case unresolvable
    /// Nobody took the connection.
    case unreachable
    /// It took too long.
    case timedOut
    /// The certificate is not that of the host, or TLS failed.
    case insecure
    /// The connection broke.
    case reset
    /// The answer is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// The answer is not HTTP.
    case malformed
    /// As many requests are waiting as may wait.
    case busy(limit: Int)
    /// The client has been stopped.
    case stopped

    /// A stable word for logs and lists.
    public var word: String {
        switch self {
        case .forbiddenAddress: "forbidden_address"
        case .unresolvable: "dns"
        case .unreachable: "connect"
        case .timedOut: "timeout"
        case .insecure: "tls"
        case .reset: "reset"
        case .tooLarge: "too_large"
        case .malformed: "malformed"
        case .busy: "busy"
        case .stopped: "stopped"
        }
    }
}

/// Sends requests: the client, or what stands in for it in a test.
public struct OutboundSender: Sendable {
    /// Sends one request.
    public var send: @Sendable (OutboundRequest) async -> Result<OutboundResponse, OutboundFailure>

    /// Sends with a function.
    public init(_ send: @escaping @Sendable (OutboundRequest) async -> Result<OutboundResponse, OutboundFailure>) {
        self.send = send
    }

    /// Sends with a client.
    public init(_ client: HTTPClient) {
        send = { await client.send($0) }
    }
}
