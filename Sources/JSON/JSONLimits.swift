/// How much JSON is read at a time.
public struct JSONLimits: Sendable {
    /// Largest document in bytes.
    public var bytes: Int
    /// Arrays and objects inside each other, at most.
    public var depth: Int

    /// 1 MiB and 64 levels, unless said otherwise.
    public init(bytes: Int = 1 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}
