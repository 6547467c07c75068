internal import CSodium
internal import Primitives

/// What argon2id is given instead of a password: its SHA-256 as 64 lower-case hex digits.
///
/// Some clients send only that digest, so one account works from all of them when everybody's is used (DESIGN section 7). It is as good as the
/// password: never stored, never logged. Being text without NUL bytes whatever was typed, it is safe to hand to C.
public struct PasswordDigest: Sendable {
    private static let length = 2 * SHA256.length

    private let digits: ErasedBytes

    /// The digest of a typed password, of its UTF-8 bytes as they are: nothing is trimmed or normalised.
    public init(of password: String) {
        digits = ErasedBytes(Array(Hex.encode(SHA256.hash(password.utf8)).utf8))
    }

    /// A digest that a client computed: 64 hex digits in either case, nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == Self.length, let bytes = Hex.decode(hex) else { return nil }
        digits = ErasedBytes(Array(Hex.encode(bytes).utf8))
    }

    /// Hands over the 64 digits.
    func withDigits<Value>(_ body: (UnsafePointer<CChar>, UInt64) -> Value) -> Value {
        digits.withBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self, capacity: Self.length) { body($0, UInt64(Self.length)) }
        }
    }
}

extension PasswordDigest: CustomStringConvertible, CustomReflectable {
    /// Three stars.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Bytes that are overwritten when the last one who knows them lets go.
///
/// An array cannot take its place: it may be copied, and the copies are not erased.
private final class ErasedBytes: Sendable {
    /// Unchecked because it is written in `init`, only read after it, and erased in `deinit`, when nobody has it any more.
    private nonisolated(unsafe) let memory: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        memory = .allocate(capacity: bytes.count)
        memory.initialize(from: bytes, count: bytes.count)
    }

    deinit {
        sodium_memzero(memory, count)
        memory.deallocate()
    }

    func withBytes<Value>(_ body: (UnsafePointer<UInt8>) -> Value) -> Value {
        body(UnsafePointer(memory))
    }
}
