/// Routes by the segments of their paths. Fixed text goes before a fixed beginning, that before a parameter, a parameter before the rest.
struct RouteTree: Sendable {
    /// What a method of a path leads to. Each has its own names for the parameters.
    final class Endpoint: Sendable {
        let method: HTTPMethod
        let pattern: String
        let names: [String]
        let handler: Handler

        init(method: HTTPMethod, pattern: String, names: [String], handler: @escaping Handler) {
            self.method = method
            self.pattern = pattern
            self.names = names
            self.handler = handler
        }
    }

    private struct Node: Sendable {
        var endpoints: [Endpoint] = []
        var fixed: [(text: [UInt8], node: Int)] = []
        var prefixed: [(text: [UInt8], node: Int)] = []
        var parameter: Int?
        var rest: Int?
    }

    /// The root first; children by their place here.
    private var nodes = [Node()]

    mutating func insert(_ pattern: RoutePattern, method: HTTPMethod, handler: @escaping Handler) {
        var node = 0
        for segment in pattern.segments { node = child(of: node, segment) }
        nodes[node].endpoints.removeAll { $0.method == method }
        nodes[node].endpoints.append(Endpoint(method: method, pattern: pattern.text, names: pattern.names, handler: handler))
    }

    private mutating func child(of node: Int, _ segment: RoutePattern.Segment) -> Int {
        switch segment {
        case .fixed(let text):
            if let known = nodes[node].fixed.first(where: { $0.text == text }) { return known.node }
            nodes[node].fixed.append((text, nodes.count))
        case .prefixed(let text):
            if let known = nodes[node].prefixed.first(where: { $0.text == text }) { return known.node }
            nodes[node].prefixed.append((text, nodes.count))
        case .parameter:
            if let known = nodes[node].parameter { return known }
            nodes[node].parameter = nodes.count
        case .rest:
            if let known = nodes[node].rest { return known }
            nodes[node].rest = nodes.count
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    /// What answers a method; HEAD is answered by GET unless it has its own (RFC 9110 9.3.2).
    func endpoint(at place: Int, for method: HTTPMethod) -> Endpoint? {
        for endpoint in nodes[place].endpoints where endpoint.method == method { return endpoint }
        return method == .head ? endpoint(at: place, for: .get) : nil
    }

    /// The value of `Allow`: what the resource takes, with what comes by itself.
    func allow(at place: Int) -> String {
        var methods = Set(nodes[place].endpoints.map(\.method.rawValue))
        if methods.contains("GET") { methods.insert("HEAD") }
        methods.insert("OPTIONS")
        return methods.sorted().joined(separator: ", ")
    }

    /// The place of a path at which any handler stands, and the values of the parameters on the way.
    func find(_ path: String) -> (place: Int, values: [String])? {
        var path = path
        return path.withUTF8 { bytes in
            let path = RoutePath(bytes)
            var values: [String] = []
            guard let found = find(path, from: path.first, at: 0, &values) else { return nil }
            return (found, values)
        }
    }

    /// Each node is looked at once at most: its depth is the number of segments before it.
    private func find(_ path: RoutePath, from place: Int?, at node: Int, _ values: inout [String]) -> Int? {
        guard let start = place else { return nodes[node].endpoints.isEmpty ? nil : node }
        let range = start..<path.end(of: start)
        let next = path.next(after: range.upperBound)
        if let child = nodes[node].fixed.first(where: { path.segment(range, equals: $0.text) }),
            let found = find(path, from: next, at: child.node, &values)
        {
            return found
        }
        let count = values.count
        for child in nodes[node].prefixed {
            guard let value = path.segment(range, after: child.text) else { continue }
            values.append(value)
            if let found = find(path, from: next, at: child.node, &values) { return found }
            values.removeSubrange(count...)
        }
        if let child = nodes[node].parameter, !range.isEmpty {
            // What cannot be decoded is no name of anything that exists; whoever looks it up says so in its own words.
            values.append(path.decoded(range) ?? path.raw(range))
            if let found = find(path, from: next, at: child, &values) { return found }
            values.removeSubrange(count...)
        }
        if let child = nodes[node].rest, let text = path.rest(from: start) {
            values.append(text)
            return child
        }
        return nil
    }
}
