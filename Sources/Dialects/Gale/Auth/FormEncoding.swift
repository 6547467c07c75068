internal import Primitives

/// `application/x-www-form-urlencoded`, for queries and bodies.
enum FormEncoding {
    /// The pairs in their order.
    static func text(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
