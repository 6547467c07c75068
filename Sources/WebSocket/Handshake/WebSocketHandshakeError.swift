/// Why a request cannot become a WebSocket connection (RFC 6455 section 4.2).
public enum WebSocketHandshakeError: Error, Sendable, Equatable {
    /// The method is not GET.
    case methodNotAllowed
    /// The request is older than HTTP/1.1.
    case notHTTP11
    /// There is not exactly one Host.
    case missingHost
    /// Upgrade does not name websocket, or Connection does not name Upgrade: an ordinary request to a WebSocket address.
    case notAnUpgrade
    /// Sec-WebSocket-Version is not 13.
    case unsupportedVersion
    /// Sec-WebSocket-Key is not 16 bytes in base64.
    case invalidKey
    /// A header field, named in lower case, does not follow its grammar.
    case malformedField(String)
}

extension WebSocketHandshakeError: CustomStringConvertible {
    /// A sentence for the client.
    public var description: String {
        switch self {
        case .methodNotAllowed: "A WebSocket connection begins with GET."
        case .notHTTP11: "A WebSocket connection needs HTTP/1.1."
        case .missingHost: "The request needs exactly one Host field."
        case .notAnUpgrade: "This address speaks WebSocket: send Upgrade: websocket and Connection: Upgrade."
        case .unsupportedVersion: "Sec-WebSocket-Version must be 13."
        case .invalidKey: "Sec-WebSocket-Key must be 16 bytes in base64."
        case .malformedField(let name): "The field \(name) is malformed."
        }
    }
}
