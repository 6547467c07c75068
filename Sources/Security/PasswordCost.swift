/// How hard it is to try passwords: memory and passes of argon2id (contracts/configuration.md, `security.password_cost`).
public enum PasswordCost: String, Sendable, CaseIterable {
    /// As little as libsodium allows, 8 KiB and one pass: for tests.
    case minimum
    /// 64 MiB, two passes.
    case interactive
    /// 256 MiB, three passes.
    case moderate

    /// Passes over the memory.
    var operations: UInt64 {
        switch self {
        case .minimum: 1
        case .interactive: 2
        case .moderate: 3
        }
    }

    /// Bytes of memory.
    var memory: Int {
        switch self {
        case .minimum: 8_192
        case .interactive: 67_108_864
        case .moderate: 268_435_456
        }
    }
}
