/// What stands in the places of a route's parameters, decoded.
public struct PathParameters: Sendable {
    private let names: [String]
    private let values: [String]

    init(names: [String] = [], values: [String] = []) {
        self.names = names
        self.values = values
    }

    /// The value of a parameter, nil when the route has none of that name.
    public subscript(name: String) -> String? {
        names.firstIndex(of: name).flatMap { values.indices.contains($0) ? values[$0] : nil }
    }
}
