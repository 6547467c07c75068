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
    private static let numbersLength = 24
    private static let codeLength = 16
    /// 40 bytes in base64url without padding.
    private static let textLength = 54
    /// Stands before what is signed, so that no other use of a key can ever give a code that is good here.
    private static let domain = Array("roost gateway session id v1\n".utf8)

    private let mac: HMACSHA256

    /// - Parameter key: 32 random bytes that no other purpose uses.
    public init(key: [UInt8]) {
        mac = HMACSHA256(key: key)
    }

    /// The text that the client keeps: 54 characters.
    public func sign(_ id: SignedSessionID) -> String {
        let numbers = [id.accountID, id.sessionID, id.issuedAt.microseconds]
        let bytes = numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        return Base64URL.encode(bytes + code(of: bytes))
    }

    /// What a text says, nil when this server did not sign it. Whether the session is still open is for the caller to find out.
    public func verify(_ text: String) -> SignedSessionID? {
        guard text.utf8.count == Self.textLength, let all = Base64URL.decode(text), all.count == Self.numbersLength + Self.codeLength else {
            return nil
        }
        let bytes = Array(all.prefix(Self.numbersLength))
        guard constantTimeEquals(Array(all.suffix(Self.codeLength)), code(of: bytes)) else { return nil }
        let numbers = stride(from: 0, to: Self.numbersLength, by: 8).map { start in
            Int64(bitPattern: bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        return SignedSessionID(accountID: numbers[0], sessionID: numbers[1], issuedAt: Timestamp(microseconds: numbers[2]))
    }

    private func code(of bytes: [UInt8]) -> [UInt8] {
        Array(mac.authenticate(Self.domain + bytes).prefix(Self.codeLength))
    }
}
