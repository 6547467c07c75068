public import Primitives
public import Security

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// This server's own keys (contracts/cosmos.md 3.5): files in the data folder, of which the newest signs and those before it stay published for
/// seven days after they were replaced.
public final class ServerKeys: Sendable {
    /// How long a key that was replaced stays published, in seconds.
    public static let overlap: Int64 = 7 * 86_400
    private static let name = "signing.key"
    private static let retiredPrefix = "signing.key.retired-"

    /// The keys at one moment.
    public struct Current: Sendable {
        /// The key that signs.
        public var signing: Ed25519PrivateKey
        /// The keys that others may still check with, the newest first.
        public var published: [Ed25519PublicKey]
    }

    private struct Loaded {
        var current: Current
        /// When the oldest key that is still published ends, in seconds of Unix time.
        var nextEnd: Int64?
    }

    private struct State {
        var loaded: Loaded
        var signature: [Int64]
        var checkedAt: Timestamp
    }

    private let folder: String
    private let clock: WallClock
    private let state: Mutex<State>

    /// Reads the keys of a data folder; at the first start one is made.
    ///
    /// - Throws: `KeyFile.Failure`.
    public init(folder: String, clock: @escaping WallClock) throws(KeyFile.Failure) {
        self.folder = folder
        self.clock = clock
        let now = clock()
        let (loaded, signature) = try Self.alone(in: folder) { () throws(KeyFile.Failure) in
            (try Self.load(folder, at: now), Self.signature(of: folder))
        }
        state = Mutex(State(loaded: loaded, signature: signature, checkedAt: now))
    }

    /// The keys now. A rotation at the command line, and that somebody removed the file of a replaced key, is noticed within a second.
    public func current() -> Current {
        let now = clock()
        return state.withLock { state in
            guard state.checkedAt.adding(seconds: 1) <= now || now < state.checkedAt else { return state.loaded.current }
            state.checkedAt = now
            let signature = Self.signature(of: folder)
            let isOver = state.loaded.nextEnd.map { $0 <= now.seconds } ?? false
            // What cannot be read now is not taken from those who still have it.
            if signature != state.signature || isOver, let loaded = try? Self.load(folder, at: now) {
                state.loaded = loaded
                state.signature = signature
            }
            return state.loaded.current
        }
    }

    /// Makes a new key. The one before stays published for seven days.
    ///
    /// A crash between the two steps leaves no key of the first name, and the next start makes one: the same end.
    /// - Throws: `KeyFile.Failure`.
    public func rotate() throws(KeyFile.Failure) {
        let now = clock()
        let (loaded, signature) = try Self.alone(in: folder) { () throws(KeyFile.Failure) in
            try Self.retire(folder, at: now)
            return (try Self.load(folder, at: now), Self.signature(of: folder))
        }
        state.withLock { state in
            state.loaded = loaded
            state.signature = signature
        }
    }

    // MARK: Files

    /// Gives the key that signs the name of one that was replaced, and takes that name from no other: two rotations may fall into one second.
    private static func retire(_ folder: String, at now: Timestamp) throws(KeyFile.Failure) {
        let path = "\(folder)/\(name)"
        let taken = Set(retired(in: folder).map(\.retiredAt))
        var second = now.seconds
        while taken.contains(second) { second += 1 }
        guard rename(path, "\(folder)/\(retiredPrefix)\(second)") == 0 else { throw .system(path: path, reason: lastError) }
    }

    /// Runs `body` while no other process rotates keys of the folder. The system lets go when a process ends, however it does.
    private static func alone<Value>(
        in folder: String, _ body: () throws(KeyFile.Failure) -> Value
    ) throws(KeyFile.Failure) -> Value {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: folder, reason: lastError) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(path: folder, reason: lastError) }
        }
        return try body()
    }

    private static var lastError: String { String(cString: strerror(errno)) }

    private static func load(_ folder: String, at now: Timestamp) throws(KeyFile.Failure) -> Loaded {
        let path = "\(folder)/\(name)"
        let seed = try KeyFile.loadOrCreate(path, bytes: Ed25519PrivateKey.seedLength)
        guard let signing = Ed25519PrivateKey(seed: seed) else {
            throw .wrongLength(path: path, expected: Ed25519PrivateKey.seedLength)
        }
        var published = [signing.publicKey]
        var nextEnd: Int64?
        for (file, retiredAt) in retired(in: folder) {
            guard now.seconds < retiredAt + overlap else {
                unlink("\(folder)/\(file)")
                continue
            }
            let seed = try KeyFile.load("\(folder)/\(file)", bytes: Ed25519PrivateKey.seedLength)
            if let key = Ed25519PrivateKey(seed: seed) { published.append(key.publicKey) }
            // The oldest one comes last.
            nextEnd = retiredAt + overlap
        }
        return Loaded(current: Current(signing: signing, published: published), nextEnd: nextEnd)
    }

    /// The files of keys that were replaced, the last one first.
    private static func retired(in folder: String) -> [(file: String, retiredAt: Int64)] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [(file: String, retiredAt: Int64)] = []
        while let entry = readdir(directory) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            guard file.hasPrefix(retiredPrefix), let retiredAt = Int64(file.dropFirst(retiredPrefix.count)) else { continue }
            found.append((file, retiredAt))
        }
        return found.sorted { $0.retiredAt > $1.retiredAt }
    }

    /// Tells whether the file of the key is another one than before, or a file came into the folder or went: that of a replaced key, maybe.
    private static func signature(of folder: String) -> [Int64] {
        var file = stat()
        guard stat("\(folder)/\(name)", &file) == 0 else { return [] }
        var entries = stat()
        guard stat(folder, &entries) == 0 else { return [] }
        #if canImport(Glibc)
            let changed = entries.st_mtim
        #else
            let changed = entries.st_mtimespec
        #endif
        return [Int64(file.st_ino), Int64(file.st_size), Int64(changed.tv_sec), Int64(changed.tv_nsec)]
    }
}
