public import Reactor
public import WebSocket

/// What carries the messages of a socket: a plain WebSocket, or what old clients speak. On its loop.
public protocol SocketTransport: AnyObject {
    /// The loop that it lives on.
    var loop: EventLoop { get }
    /// Whether anything can be sent.
    var isOpen: Bool { get }
    /// Sends one JSON document.
    func send(_ message: [UInt8])
    /// Ends it.
    func close(_ code: WebSocketCloseCode, _ reason: String)
}

/// What somebody shows to log in on a socket.
public enum SocketCredential: Sendable, Equatable {
    /// The token of a login, or one of integrity: what it is, is looked up.
    case token(String)
    /// The token of a login here.
    case login(String)
    /// A token that this server has given to somebody of another.
    case integrity(String)
}

/// What a request for a socket says of who asks.
public struct SocketHello: Sendable {
    /// A token, of the header, the query or the cookie.
    public var credential: SocketCredential?
    /// A token of another server, which has no business on a socket.
    public var hasForeignToken: Bool
    /// Where it comes from, as far as strangers are told apart.
    public var network: String

    /// Who asks.
    public init(credential: SocketCredential?, hasForeignToken: Bool, network: String) {
        self.credential = credential
        self.hasForeignToken = hasForeignToken
        self.network = network
    }
}
