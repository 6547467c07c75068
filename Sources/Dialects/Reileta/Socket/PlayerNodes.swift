/// What a player has last said of each of its parts.
struct PlayerNodes {
    /// Parts of one player.
    static let limit = 32
    /// Bytes of the name of a part.
    static let nameLimit = 64

    /// What the others were told.
    struct Told {
        var frame: [UInt8]
        /// How often the players of the instance had shown themselves to a newcomer before.
        var showings: Int
    }

    private struct Node {
        var at: Double
        var transform: NodeTransform
        var told: Told
    }

    private var nodes: [String: Node] = [:]

    /// The last frames of all parts that were told before a showing: who came for it has heard the others as they were sent.
    func frames(before showing: Int) -> [[UInt8]] {
        nodes.values.filter { $0.told.showings < showing }.map(\.told.frame)
    }

    /// Takes note of a part, unless what is said is old or nothing new.
    ///
    /// - Parameters:
    ///   - at: the clock of the player.
    ///   - tell: tells the others; called only when it is new.
    /// - Throws: `Failure` 33 for one part too many, and what `tell` throws: then nothing is noted.
    mutating func update(_ name: String, _ transform: NodeTransform, at: Double, tell: () throws(Failure) -> Told) throws(Failure) {
        if let known = nodes[name] {
            guard at > known.at else { return }
            guard transform != known.transform else {
                nodes[name]?.at = at
                return
            }
        } else {
            guard nodes.count < Self.limit else { throw Failure(.instanceInvalidInput, "path: At most \(Self.limit) nodes of a player.") }
        }
        nodes[name] = Node(at: at, transform: transform, told: try tell())
    }

    /// The name of a part in a path `p:<@me or player>/<name>`; nil for what is no path.
    static func name(in path: String) -> (player: Substring, name: String)? {
        guard path.hasPrefix("p:"), let slash = path.firstIndex(of: "/") else { return nil }
        let name = path[path.index(after: slash)...]
        guard (1...nameLimit).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return (path.dropFirst(2).prefix { $0 != "/" }, String(name))
    }
}
