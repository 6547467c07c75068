/// The reason of a close as a number (RFC 6455 section 7.4).
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// Takes any number; `isAllowedOnWire` tells whether a frame may carry it.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 1000: the purpose is fulfilled.
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// 1001: the server goes down, or the page was left.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// 1003: a kind of message that is not taken here.
    public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
    /// 1007: the payload is not what it says it is (text that is not UTF-8, a broken deflate stream).
    public static let invalidPayload = WebSocketCloseCode(rawValue: 1007)
    /// 1008: the message breaks a rule of the application.
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// 1009: the message is above the limit.
    public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
    /// 1011: the server failed.
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
    /// 1013: too busy, try again later.
    public static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)

    /// Whether a close frame may carry the code: 1000–1003 and 1007–1014 (IANA registry), 3000–4999 (libraries and applications).
    ///
    /// 1004 is reserved; 1005, 1006 and 1015 only ever stand for something that was not received.
    public var isAllowedOnWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
