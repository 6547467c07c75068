internal import CSodium
internal import Primitives
internal import Reactor

/// How hard it is to try passwords: memory and passes of argon2id.
public enum PasswordCost: String, Sendable, CaseIterable {
    /// As little as libsodium allows: for tests.
    case minimum
    /// 64 MiB, two passes.
    case interactive
    /// 256 MiB, three passes.
    case moderate
}

/// Why a password was not hashed.
public enum PasswordHasherError: Error, Sendable, Equatable {
    /// So many are waiting already.
    case busy(limit: Int)
    /// There is not enough memory.
    case outOfMemory
}

/// Hashes passwords with argon2id (RFC 9106) on threads of its own.
///
/// What is hashed is the lower-case hex SHA-256 of the password (DESIGN section 7), because some clients send only that.
public final class PasswordHasher: Sendable {
    /// Hashes that may wait.
    public static let queueLimit = 256

    private let operations: UInt64
    private let memory: Int
    private let workers: WorkerPool
    private let nobody: String

    /// - Parameters:
    ///   - cost: how hard it is to try passwords.
    ///   - threads: hashes at a time; each needs its memory.
    public init(cost: PasswordCost, threads: Int = 2) {
        Sodium.start()
        switch cost {
        case .minimum: (operations, memory) = (1, 8_192)
        case .interactive: (operations, memory) = (2, 67_108_864)
        case .moderate: (operations, memory) = (3, 268_435_456)
        }
        workers = WorkerPool(name: "passwords", threads: threads, queueLimit: Self.queueLimit)
        nobody = (try? Self.hash(Hex.encode(SecureRandom.bytes(32)), operations: operations, memory: memory)) ?? ""
    }

    /// Ends the threads.
    public func stop() {
        workers.stop()
    }

    /// The text that is stored for a password.
    public func hash(_ password: String) async throws -> String {
        let input = Self.digest(password)
        let (operations, memory) = (operations, memory)
        return try await run { try Self.hash(input, operations: operations, memory: memory) }
    }

    /// Whether a password is the one that `stored` was made from. Without a stored text the answer is no, after the same time.
    public func verify(_ password: String, against stored: String?) async throws -> Bool {
        let input = Self.digest(password)
        let text = stored ?? nobody
        let isRight = try await run { Self.matches(input, text) }
        return isRight && stored != nil
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await workers.run(work)
        } catch is WorkerPoolError {
            throw PasswordHasherError.busy(limit: Self.queueLimit)
        }
    }

    private static func digest(_ password: String) -> String {
        Hex.encode(SHA256.hash(Array(password.utf8)))
    }

    private static func hash(_ input: String, operations: UInt64, memory: Int) throws -> String {
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        guard crypto_pwhash_str(&text, input, UInt64(input.utf8.count), operations, memory) == 0 else {
            throw PasswordHasherError.outOfMemory
        }
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func matches(_ input: String, _ stored: String) -> Bool {
        // libsodium reads a fixed field, so a shorter text is padded.
        guard stored.utf8.count < Int(crypto_pwhash_STRBYTES) else { return false }
        var field = stored.utf8.map { CChar(bitPattern: $0) }
        field += [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES) - field.count)
        return crypto_pwhash_str_verify(field, input, UInt64(input.utf8.count)) == 0
    }
}
