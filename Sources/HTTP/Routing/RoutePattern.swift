/// The segments of a route's path: fixed text, `:name` for one segment, `*name` at the end for all that follow.
struct RoutePattern: Sendable {
    enum Segment: Sendable, Equatable {
        case fixed([UInt8])
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
            case .parameter: "/:" + (names.popFirst() ?? "")
            case .rest: "/*" + (names.popFirst() ?? "")
            }
        }.joined()
    }

    /// Adds the segments of a path. What follows a `*name` has no meaning and is left out.
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
            default: pattern.segments.append(.fixed(Array(segment.utf8)))
            }
        }
        return pattern
    }
}
