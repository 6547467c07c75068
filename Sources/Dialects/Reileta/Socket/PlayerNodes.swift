/// What a player has last said of each of its parts.
struct PlayerNodes {
    /// Parts of one player.
    static let limit = 32
    /// Bytes of the name of a part.
    static let nameLimit = 64

    private struct Node {
        var at: Double
        var transform: NodeTransform
        var frame: [UInt8]
    }

    private var nodes: [String: Node] = [:]

    /// The last frames of all parts.
    var frames: [[UInt8]] { nodes.values.map(\.frame) }

    /// Takes note of a part, unless what is said is old or nothing new.
    ///
    /// - Parameters:
    ///   - at: the clock of the player.
    ///   - frame: what the others are told; made only when it is new.
    /// - Returns: the frame; nil when there is nothing to tell.
    /// - Throws: `Failure` 33 for one part too many.
    mutating func update(_ name: String, _ transform: NodeTransform, at: Double, frame: () -> [UInt8]) throws(Failure) -> [UInt8]? {
        if let known = nodes[name] {
            guard at > known.at else { return nil }
            guard transform != known.transform else {
                nodes[name]?.at = at
                return nil
            }
        } else {
            guard nodes.count < Self.limit else { throw Failure(.instanceInvalidInput, "path: At most \(Self.limit) nodes of a player.") }
        }
        let frame = frame()
        nodes[name] = Node(at: at, transform: transform, frame: frame)
        return frame
    }

    /// The name of a part in a path `p:<@me or player>/<name>`; nil for what is no path.
    static func name(in path: String) -> (player: Substring, name: String)? {
        guard path.hasPrefix("p:"), let slash = path.firstIndex(of: "/") else { return nil }
        let name = path[path.index(after: slash)...]
        guard (1...nameLimit).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return (path.dropFirst(2).prefix { $0 != "/" }, String(name))
    }
}
