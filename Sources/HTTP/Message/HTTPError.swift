/// Why a request cannot be served as HTTP. Every limit names itself.
public enum HTTPError: Error, Sendable, Equatable {
    /// Not HTTP/1.1 as RFC 9112 writes it; the text says which part.
    case malformed(String)
    /// The request line and the header together are larger than so many bytes, or the trailers or chunk extensions of a body are.
    case headerTooLarge(limit: Int)
    /// More fields than so many.
    case tooManyFields(limit: Int)
    /// The method is longer than so many bytes, and so none that any server knows (RFC 9112 3: 501).
    case methodTooLong(limit: Int)
    /// The target is longer than so many bytes.
    case targetTooLong(limit: Int)
    /// The body is larger than so many bytes.
    case bodyTooLarge(limit: Int)
    /// A transfer coding other than chunked.
    case unknownTransferCoding
    /// A major version other than 1.
    case unknownVersion
    /// An expectation other than 100-continue.
    case unknownExpectation
    /// The client was too slow; the text says with what.
    case timeout(String)
    /// As many connections as there may be are open.
    case tooManyConnections(limit: Int)
    /// The client has gone, or the request has been answered already.
    case disconnected
    /// Two tasks read one body at the same time.
    case bodyIsBeingRead
    /// A handler failed. Says nothing about why: that is in `HTTPServerHooks.handlerFailed`.
    case handlerFailed

    /// The status that answers it.
    public var status: HTTPStatus {
        switch self {
        case .malformed, .disconnected: .badRequest
        case .headerTooLarge, .tooManyFields: .headerFieldsTooLarge
        case .targetTooLong: .uriTooLong
        case .bodyTooLarge: .contentTooLarge
        case .methodTooLong, .unknownTransferCoding: .notImplemented
        case .unknownVersion: .versionNotSupported
        case .unknownExpectation: .expectationFailed
        case .timeout: .requestTimeout
        case .tooManyConnections: .serviceUnavailable
        case .bodyIsBeingRead, .handlerFailed: .internalServerError
        }
    }

    /// A sentence for the client.
    public var message: String {
        switch self {
        case .malformed(let what): "The request is malformed: \(what)."
        case .headerTooLarge(let limit): "A header has at most \(limit) bytes."
        case .tooManyFields(let limit): "A header has at most \(limit) fields."
        case .methodTooLong(let limit): "A method has at most \(limit) bytes."
        case .targetTooLong(let limit): "A target has at most \(limit) bytes."
        case .bodyTooLarge(let limit): "A body has at most \(limit) bytes."
        case .unknownTransferCoding: "The only transfer coding is chunked."
        case .unknownVersion: "This server speaks HTTP/1.1."
        case .unknownExpectation: "The only expectation is 100-continue."
        case .timeout(let what): "Too slow: \(what)."
        case .tooManyConnections(let limit): "At most \(limit) connections are served at a time."
        case .disconnected: "The client has gone."
        case .bodyIsBeingRead, .handlerFailed: "Something went wrong."
        }
    }
}
