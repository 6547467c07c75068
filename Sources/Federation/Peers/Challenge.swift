public import Primitives

/// A proof that one server is who it says, and what came of it (contracts/reileta.md 2.6, 3.2).
public struct Challenge: Sendable, Equatable {
    /// Who proves itself. The numbers stand in the database.
    public enum Direction: Int64, Sendable {
        /// This server, to another.
        case outgoing = 0
        /// Another, to this server.
        case incoming = 1

        /// On the wire.
        public var word: String { self == .outgoing ? "out" : "in" }
    }

    /// What came of it. The numbers stand in the database.
    public enum State: Int64, Sendable {
        /// The other server may ask for the nonce.
        case pending = 0
        /// There is a token.
        case accepted = 1
        /// There will be none.
        case refused = 2
        /// The token counts no more.
        case revoked = 3

        /// On the wire.
        public var word: String { "\(self)" }
    }

    /// `c_` and a UUID.
    public var id: String
    /// Who proves itself.
    public var direction: Direction
    /// The address of the other server.
    public var server: String
    /// What came of it.
    public var state: State
    /// When it was made.
    public var createdAt: Timestamp
    /// When the nonce, or the token, ends.
    public var expiresAt: Timestamp

    /// Bytes of an id.
    public static let idLength = 38

    /// Whether a text is an id.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == idLength && text.hasPrefix("c_")
            && text.dropFirst(2).utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2D }
    }
}

/// What another server sends to prove itself (contracts/reileta.md 3.2, step 2).
public struct ChallengeClaim: Sendable, Equatable {
    /// The address that it claims.
    public var server: String
    /// The id that it has chosen.
    public var id: String
    /// SHA-256 of the nonce that it will show, in hexadecimal.
    public var nonceHash: String

    /// Whether the id and the hash have their form.
    public var isWellFormed: Bool {
        Challenge.isID(id) && nonceHash.utf8.count == 64 && Hex.decode(nonceHash) != nil && nonceHash == nonceHash.lowercased()
    }

    /// A claim.
    public init(server: String, id: String, nonceHash: String) {
        self.server = server
        self.id = id
        self.nonceHash = nonceHash
    }
}

/// A server that the operator knows (contracts/reileta.md 3.2, "moderate the authorized servers").
public struct KnownPeer: Sendable, Equatable {
    /// What the operator has said. The numbers stand in the database.
    public enum Rule: Int64, Sendable {
        /// Nothing.
        case none = 0
        /// It may speak for its people, whatever the mode.
        case allowed = 1
        /// It may not.
        case denied = 2
    }

    /// Host and port.
    public var address: String
    /// What the operator has said.
    public var rule: Rule
    /// What it calls itself.
    public var title: String?
    /// When it was asked last, and has answered.
    public var seenAt: Timestamp?
    /// Whether this server has a token there.
    public var isAuthenticated: Bool
    /// Whether it has a token here.
    public var isAuthorized: Bool
}
