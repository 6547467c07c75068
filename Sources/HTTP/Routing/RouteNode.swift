/// A segment of the tree of routes.
struct RouteNode: Sendable {
    private var fixed: [String: RouteNode] = [:]
    private var parameter: (name: String, node: [RouteNode])?
    private(set) var handlers: [HTTPMethod: Handler] = [:]

    /// The value of `Allow`: what the resource takes, with what comes by itself.
    var allow: String {
        var methods = Set(handlers.keys.map(\.rawValue))
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted().joined(separator: ", ")
    }

    mutating func insert(_ segments: ArraySlice<String>, method: HTTPMethod, handler: @escaping Handler) {
        guard let segment = segments.first else {
            handlers[method] = handler
            return
        }
        if segment.hasPrefix(":") {
            // A parameter has one name at its place: the first route gives it.
            var child = parameter?.node.first ?? RouteNode()
            child.insert(segments.dropFirst(), method: method, handler: handler)
            parameter = (parameter?.name ?? String(segment.dropFirst()), [child])
        } else {
            fixed[segment, default: RouteNode()].insert(segments.dropFirst(), method: method, handler: handler)
        }
    }

    /// The node of a path, if any handler stands there.
    func find(_ segments: ArraySlice<String>, _ parameters: inout PathParameters) -> RouteNode? {
        guard let segment = segments.first else { return handlers.isEmpty ? nil : self }
        if let child = fixed[segment], let found = child.find(segments.dropFirst(), &parameters) { return found }
        guard let parameter, let child = parameter.node.first, !segment.isEmpty else { return nil }
        let count = parameters.values.count
        parameters.values.append((parameter.name, segment))
        if let found = child.find(segments.dropFirst(), &parameters) { return found }
        parameters.values.removeSubrange(count...)
        return nil
    }
}
