/// How much YAML is read at a time.
public struct YAMLLimits: Sendable {
    /// Largest document in bytes.
    public var bytes: Int
    /// Sequences and mappings inside each other, at most.
    public var depth: Int

    /// 1 MiB and 16 levels, unless said otherwise.
    public init(bytes: Int = YAMLReader.byteLimit, depth: Int = YAMLReader.depthLimit) {
        self.bytes = bytes
        self.depth = depth
    }
}
