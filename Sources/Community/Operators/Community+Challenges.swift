internal import Primitives
internal import Storage

/// Proof for a metadata server that an address is really this operator's, in the manner of ACME (contracts/cosmos.md 4, RFC 8555 8.3).
extension Community {
    /// Has the server answer for a token, for ten minutes.
    ///
    /// - Parameter token: 22 to 128 characters of base64url.
    /// - Throws: `CommunityError.invalid`.
    public func registerChallenge(_ token: String) async throws {
        guard Limits.challengeToken.contains(token.utf8.count), token.utf8.allSatisfy(OpaqueIdentifier.isWord) else {
            throw CommunityError.invalid([
                InvalidField(name: "token", code: "STRING_TYPE_REGEX", message: "Must be 22 to 128 characters of base64url.")
            ])
        }
        try await write { tx in
            try tx.execute("DELETE FROM ownership_challenges WHERE expires_at <= $1", [.integer(tx.now.microseconds)])
            try tx.execute(
                """
                INSERT INTO ownership_challenges (token, expires_at) VALUES ($1, $2)
                ON CONFLICT (token) DO UPDATE SET expires_at = excluded.expires_at
                """, [.text(token), .integer(tx.now.adding(seconds: Limits.challengeSeconds).microseconds)])
        }
    }

    /// Whether the server answers for a token.
    public func isChallenge(_ token: String) async throws -> Bool {
        guard Limits.challengeToken.contains(token.utf8.count), token.isStorable else { return false }
        let now = clock()
        return try await read { reader in
            try reader.first(
                "SELECT 1 FROM ownership_challenges WHERE token = $1 AND expires_at > $2",
                [.text(token), .integer(now.microseconds)]
            ) { try $0.integer(0) } != nil
        }
    }
}
