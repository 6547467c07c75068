internal import CSodium

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Bytes of a digest.
    public static let length = 32

    /// The 32 bytes of the digest.
    public static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        message.withContiguousBytes { bytes in
            var digest = [UInt8](repeating: 0, count: length)
            crypto_hash_sha256(&digest, bytes.baseAddress, UInt64(bytes.count))
            return digest
        }
    }
}

/// SHA-512 (FIPS 180-4).
public enum SHA512 {
    /// Bytes of a digest.
    public static let length = 64

    /// The 64 bytes of the digest.
    public static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        message.withContiguousBytes { bytes in
            var digest = [UInt8](repeating: 0, count: length)
            crypto_hash_sha512(&digest, bytes.baseAddress, UInt64(bytes.count))
            return digest
        }
    }
}

/// HMAC with SHA-256 (RFC 2104) under one key. The key is worked in once, each message then costs its own blocks only.
public struct HMACSHA256: Sendable {
    /// Bytes of a code.
    public static let length = 32

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
        message.withContiguousBytes { authenticate($0) }
    }

    /// The 32 bytes that authenticate a message where it lies, without a copy.
    public func authenticate(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var state = start
        crypto_auth_hmacsha256_update(&state, message.baseAddress, UInt64(message.count))
        var code = [UInt8](repeating: 0, count: Self.length)
        crypto_auth_hmacsha256_final(&state, &code)
        sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        return code
    }

    /// Whether `code` authenticates the message; takes as long for every wrong code.
    public func verify(_ code: [UInt8], of message: some Collection<UInt8>) -> Bool {
        constantTimeEquals(code, authenticate(message))
    }
}

extension HMACSHA256: CustomStringConvertible, CustomReflectable {
    /// Three stars: the state is as good as the key.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Compares without telling by its duration where the first difference is. Lengths are not secret.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}

extension Collection<UInt8> {
    /// Hands over the bytes in one piece, copied only when they do not lie in one.
    fileprivate func withContiguousBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
    }
}
