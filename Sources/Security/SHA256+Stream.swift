internal import CSodium

extension SHA256 {
    /// SHA-256 (FIPS 180-4) of a message that comes in pieces.
    public struct Stream: Sendable {
        private var state = crypto_hash_sha256_state()

        /// A message of which nothing has come yet.
        public init() {
            crypto_hash_sha256_init(&state)
        }

        /// Takes the next piece.
        public mutating func update(_ piece: [UInt8]) {
            crypto_hash_sha256_update(&state, piece, UInt64(piece.count))
        }

        /// The 32 bytes of the digest of what has come so far; more may come.
        public func digest() -> [UInt8] {
            var state = state
            var digest = [UInt8](repeating: 0, count: SHA256.length)
            crypto_hash_sha256_final(&state, &digest)
            return digest
        }
    }
}
