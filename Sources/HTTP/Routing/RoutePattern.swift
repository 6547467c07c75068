/// The segments of a route's path: fixed text, `:name` for one segment, `text@:name` for one that begins with a text that ends in `@`, `*name` at the end
/// for all that follow.
struct RoutePattern: Sendable {
    enum Segment: Sendable, Equatable {
        case fixed([UInt8])
        /// Begins with this; the parameter is what follows, and not empty.
        case prefixed([UInt8])
        case parameter
        case rest
    }

    private(set) var segments: [Segment] = []
    /// The names of the parameters, in order.
    private(set) var names: [String] = []

    /// The pattern as it is written.
    var text: String {
        var names = names[...]
        return segments.map { segment in
            switch segment {
            case .fixed(let text): "/" + String(decoding: text, as: UTF8.self)
            case .prefixed(let text): "/" + String(decoding: text, as: UTF8.self) + ":" + (names.popFirst() ?? "")
            case .parameter: "/:" + (names.popFirst() ?? "")
            case .rest: "/*" + (names.popFirst() ?? "")
            }
        }.joined()
    }

    /// Adds the segments of a path. What follows a `*name` has no meaning and is left out. A slash at the end is an empty segment, but for the root's.
    func appending(_ path: String) -> RoutePattern {
        var pattern = self
        for segment in path.split(separator: "/") where pattern.segments.last != .rest {
            switch segment.utf8.first {
            case UInt8(ascii: ":"):
                pattern.segments.append(.parameter)
                pattern.names.append(String(segment.dropFirst()))
            case UInt8(ascii: "*"):
                pattern.segments.append(.rest)
                pattern.names.append(String(segment.dropFirst()))
            case _ where segment.contains("@:"):
                let parts = segment.split(separator: ":", maxSplits: 1)
                pattern.segments.append(.prefixed(Array(parts[0].utf8)))
                pattern.names.append(String(parts[1]))
            default: pattern.segments.append(.fixed(Array(segment.utf8)))
            }
        }
        if path.hasSuffix("/"), !pattern.segments.isEmpty, pattern.segments.last != .rest { pattern.segments.append(.fixed([])) }
        return pattern
    }
}
