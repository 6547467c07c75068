internal import CSodium

/// Unpredictable bytes from the system.
public enum SecureRandom {
    /// That many random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        Sodium.start()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}

/// libsodium wants to be started once, from any thread.
enum Sodium {
    private static let started = sodium_init() >= 0

    static func start() {
        precondition(started, "libsodium could not be started: the system gives no random bytes.")
    }
}
