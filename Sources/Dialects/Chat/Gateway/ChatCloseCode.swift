internal import WebSocket

/// Why the gateway closes a socket (contracts/chat.md 4.5).
enum ChatCloseCode: UInt16, Equatable {
    /// The server is going down; sent after op 7.
    case restart = 1001
    case unknownError = 4000
    /// An unknown opcode, or a `d` that does not fit it.
    case badOperation = 4001
    /// Not JSON, not an object, no `op`, too large, or binary.
    case badFrame = 4002
    case notAuthenticated = 4003
    /// The token is not good, or the login has ended.
    case authenticationFailed = 4004
    case alreadyAuthenticated = 4005
    /// RESUME with a `seq` that this server has not reached.
    case invalidSequence = 4007
    case rateLimited = 4008
    case heartbeatMissed = 4009
    case invalidVersion = 4012

    /// A sentence for the client's log; every limit is named.
    var reason: String {
        switch self {
        case .restart: "The server is restarting."
        case .unknownError: "Something went wrong; connect again."
        case .badOperation: "Unknown opcode or wrong shape of d."
        case .badFrame: "A frame is a JSON object with op, text, at most 4096 bytes."
        case .notAuthenticated: "Identify first, within 10 seconds."
        case .authenticationFailed: "The token is not valid any more."
        case .alreadyAuthenticated: "Already authenticated."
        case .invalidSequence: "seq is ahead of this server."
        case .rateLimited: "At most 120 frames in 60 seconds, and no more sockets than a user may have."
        case .heartbeatMissed: "No heartbeat for 1.5 intervals, or the session goes on on another socket."
        case .invalidVersion: "This server speaks v=1."
        }
    }

    var webSocketCode: WebSocketCloseCode { WebSocketCloseCode(rawValue: rawValue) }
}
