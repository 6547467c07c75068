import Primitives

/// Takes the lines of a logger.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    /// What has been written.
    var all: [String] { lines.withLock { $0 } }

    func add(_ bytes: [UInt8]) {
        lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
    }
}
