internal import CSodium
internal import Reactor

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Why a password was not hashed.
public enum PasswordHasherError: Error, Sendable, Equatable, CustomStringConvertible {
    /// So many are waiting already, or the hasher has been stopped.
    case busy(limit: Int)
    /// There is not enough memory for one hash.
    case outOfMemory

    /// A sentence for the log.
    public var description: String {
        switch self {
        case .busy(let limit): "At most \(limit) passwords may wait to be hashed."
        case .outOfMemory: "There is not enough memory to hash a password."
        }
    }
}

/// Hashes passwords with argon2id (RFC 9106) on threads of its own.
///
/// What is hashed is the `PasswordDigest` of the password (DESIGN section 7).
public final class PasswordHasher: Sendable {
    /// Hashes that may wait, where nothing else is asked for.
    public static let queueLimit = 256

    private let cost: PasswordCost
    private let limit: Int
    private let workers: WorkerPool

    /// - Parameters:
    ///   - cost: how hard it is to try passwords.
    ///   - threads: hashes at a time; each needs its memory.
    ///   - queueLimit: hashes that may wait; more are refused with `PasswordHasherError.busy`.
    public init(cost: PasswordCost, threads: Int = 2, queueLimit: Int = PasswordHasher.queueLimit) {
        Sodium.start()
        self.cost = cost
        limit = queueLimit
        workers = WorkerPool(name: "passwords", threads: threads, queueLimit: queueLimit)
    }

    /// Finishes what is waiting, then ends the threads.
    public func stop() {
        workers.stop()
    }

    /// The text that is stored for a password.
    ///
    /// - Throws: `PasswordHasherError`.
    public func hash(_ password: String) async throws -> String {
        try await hash(PasswordDigest(of: password))
    }

    /// The text that is stored for a password of which the client sent the digest.
    ///
    /// - Throws: `PasswordHasherError`.
    public func hash(_ digest: PasswordDigest) async throws -> String {
        let cost = cost
        return try await run { try Self.hash(digest, cost) }
    }

    /// Whether a password is the one that `stored` was made from. Without a stored text the answer is no, after the same work.
    ///
    /// - Throws: `PasswordHasherError`.
    public func verify(_ password: String, against stored: String?) async throws -> Bool {
        try await verify(PasswordDigest(of: password), against: stored)
    }

    /// Whether a digest is of the password that `stored` was made from. Without a stored text the answer is no, after the same work.
    ///
    /// - Throws: `PasswordHasherError`.
    public func verify(_ digest: PasswordDigest, against stored: String?) async throws -> Bool {
        let cost = cost
        return try await run {
            guard let stored else {
                // Making a hash is the same work as checking one.
                _ = try Self.hash(digest, cost)
                return false
            }
            return try Self.matches(digest, stored)
        }
    }

    /// Does the work of checking a password for an account that does not exist, so that the time does not tell.
    ///
    /// - Throws: `PasswordHasherError`.
    public func verifyNobody(_ password: String) async throws {
        _ = try await verify(password, against: nil)
    }

    /// Whether a stored text was made at another cost than this hasher's, so that the next login should store a new one.
    public func needsRehash(_ stored: String) -> Bool {
        guard Self.isStorable(stored) else { return true }
        return crypto_pwhash_str_needs_rehash(stored, cost.operations, cost.memory) != 0
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await workers.run(work)
        } catch is WorkerPoolError {
            throw PasswordHasherError.busy(limit: limit)
        }
    }

    private static func hash(_ digest: PasswordDigest, _ cost: PasswordCost) throws(PasswordHasherError) -> String {
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let result = digest.withDigits { crypto_pwhash_str(&text, $0, $1, cost.operations, cost.memory) }
        guard result == 0 else { throw .outOfMemory }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func matches(_ digest: PasswordDigest, _ stored: String) throws(PasswordHasherError) -> Bool {
        guard isStorable(stored) else { return false }
        // libsodium reads a fixed field, so a shorter text is padded.
        var field = stored.utf8.map { CChar(bitPattern: $0) }
        field += [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES) - field.count)
        errno = 0
        if digest.withDigits({ crypto_pwhash_str_verify(field, $0, $1) }) == 0 { return true }
        // A server without memory must not tell people that their password is wrong.
        if errno == ENOMEM { throw .outOfMemory }
        return false
    }

    /// Whether a text can be one that `hash` made: C would read no further than a NUL byte.
    private static func isStorable(_ stored: String) -> Bool {
        stored.utf8.count < Int(crypto_pwhash_STRBYTES) && !stored.utf8.contains(0)
    }
}
