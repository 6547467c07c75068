internal import CSodium

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// The 32 bytes of the digest.
    public static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        let message = Array(message)
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&digest, message, UInt64(message.count))
        return digest
    }
}

/// HMAC with SHA-256 (RFC 2104) under one key.
public struct HMACSHA256: Sendable {
    private let start: crypto_auth_hmacsha256_state

    /// - Parameter key: of any length; 32 random bytes are right.
    public init(key: [UInt8]) {
        Sodium.start()
        var state = crypto_auth_hmacsha256_state()
        crypto_auth_hmacsha256_init(&state, key, key.count)
        start = state
    }

    /// The 32 bytes that authenticate a message.
    public func authenticate(_ message: some Collection<UInt8>) -> [UInt8] {
        var state = start
        let message = Array(message)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        crypto_auth_hmacsha256_final(&state, &code)
        return code
    }

    /// Whether `code` authenticates the message; takes as long for every wrong code.
    public func verify(_ code: [UInt8], of message: some Collection<UInt8>) -> Bool {
        constantTimeEquals(code, authenticate(message))
    }
}

/// Compares without telling by its duration where the first difference is. Lengths are not secret.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}
