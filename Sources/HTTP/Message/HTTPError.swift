/// Why a request cannot be served as HTTP. Every limit names itself.
public enum HTTPError: Error, Sendable, Equatable {
    /// Not HTTP/1.1 as RFC 9112 writes it.
    case malformed(String)
    /// The header is larger than so many bytes, or has more than so many fields.
    case headerTooLarge(limit: Int)
    /// More fields than so many.
    case tooManyFields(limit: Int)
    /// The target is longer than so many bytes.
    case targetTooLong(limit: Int)
    /// The body is larger than so many bytes.
    case bodyTooLarge(limit: Int)
    /// A transfer coding other than chunked.
    case unknownTransferCoding
    /// A version other than 1.0 and 1.1.
    case unknownVersion
    /// An expectation other than 100-continue.
    case unknownExpectation
    /// The client was too slow.
    case timeout(String)
    /// The client has gone.
    case disconnected

    /// The status that answers it.
    public var status: HTTPStatus {
        switch self {
        case .malformed, .disconnected: .badRequest
        case .headerTooLarge, .tooManyFields: .headerFieldsTooLarge
        case .targetTooLong: .uriTooLong
        case .bodyTooLarge: .contentTooLarge
        case .unknownTransferCoding: .notImplemented
        case .unknownVersion: .versionNotSupported
        case .unknownExpectation: .expectationFailed
        case .timeout: .requestTimeout
        }
    }

    /// A sentence for the client.
    public var message: String {
        switch self {
        case .malformed(let what): "The request is malformed: \(what)."
        case .headerTooLarge(let limit): "A header has at most \(limit) bytes."
        case .tooManyFields(let limit): "A header has at most \(limit) fields."
        case .targetTooLong(let limit): "A target has at most \(limit) bytes."
        case .bodyTooLarge(let limit): "A body has at most \(limit) bytes."
        case .unknownTransferCoding: "The only transfer coding is chunked."
        case .unknownVersion: "This server speaks HTTP/1.1."
        case .unknownExpectation: "The only expectation is 100-continue."
        case .timeout(let what): "Too slow: \(what)."
        case .disconnected: "The client has gone."
        }
    }
}
