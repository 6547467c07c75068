public import Primitives

/// The id of a gateway session that any node can check without keeping anything (contracts/chat.md, decisions at the top).
public struct SignedSessionID: Sendable, Equatable {
    /// Whose session it is.
    public var accountID: Int64
    /// The login it was opened with.
    public var sessionID: Int64
    /// When it was opened.
    public var issuedAt: Timestamp

    /// A session id before it is signed.
    public init(accountID: Int64, sessionID: Int64, issuedAt: Timestamp) {
        self.accountID = accountID
        self.sessionID = sessionID
        self.issuedAt = issuedAt
    }
}

/// Signs and checks gateway session ids: three numbers of eight bytes and the first half of an HMAC-SHA-256, in base64url.
public struct SignedSessionIDCodec: Sendable {
    private static let macLength = 16

    private let mac: HMACSHA256

    /// - Parameter key: 32 random bytes that no other purpose uses.
    public init(key: [UInt8]) {
        mac = HMACSHA256(key: key)
    }

    /// The text that the client keeps.
    public func sign(_ id: SignedSessionID) -> String {
        let numbers = [id.accountID, id.sessionID, id.issuedAt.microseconds]
        let bytes = numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        return Base64URL.encode(bytes + mac.authenticate(bytes).prefix(Self.macLength))
    }

    /// What a text says, nil when this server did not sign it.
    public func verify(_ text: String) -> SignedSessionID? {
        guard text.utf8.count < 64, let all = Base64URL.decode(text), all.count == 24 + Self.macLength else { return nil }
        let bytes = Array(all.prefix(24))
        guard constantTimeEquals(Array(all.suffix(Self.macLength)), Array(mac.authenticate(bytes).prefix(Self.macLength))) else {
            return nil
        }
        let numbers = stride(from: 0, to: 24, by: 8).map { start in
            Int64(bitPattern: bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        return SignedSessionID(accountID: numbers[0], sessionID: numbers[1], issuedAt: Timestamp(microseconds: numbers[2]))
    }
}
