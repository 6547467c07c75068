/// How a server that offers permessage-deflate (RFC 7692) uses it.
///
/// The defaults spend no memory between messages. With context takeover a connection keeps, for as long as it lives, up to
/// 7 KiB + 2^`clientWindowBits` bytes for reading once it has received a compressed message, and
/// 2^(`serverWindowBits` + 2) + 2^(`memoryLevel` + 9) bytes for writing once it has sent one.
public struct WebSocketCompression: Sendable {
    /// Whether messages to the client may refer to earlier ones. Never, when the client asks for that.
    public var serverContextTakeover = false
    /// Whether messages of the client may refer to earlier ones.
    public var clientContextTakeover = false
    /// Base-2 logarithm of the window for messages to the client, 9...15. A client may ask for less.
    public var serverWindowBits = 13
    /// Base-2 logarithm of the largest window for messages of the client, 9...15. Holds only for clients that offer a choice.
    public var clientWindowBits = 15
    /// zlib's level, 1 (fast) ... 9 (small).
    public var level = 3
    /// zlib's memory level, 1...9.
    public var memoryLevel = 6
    /// Shorter messages, in bytes, are sent as they are.
    public var minimumSize = 256

    /// The defaults.
    public init() {}
}
