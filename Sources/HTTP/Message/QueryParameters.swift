internal import Primitives

/// The parameters of a query or of a form, in order (`application/x-www-form-urlencoded`).
public struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// Parses the part of a target after `?`, or the body of a form. Broken escapes are kept as they are written.
    public init(_ query: some Collection<UInt8>) {
        guard !query.isEmpty else {
            pairs = []
            return
        }
        pairs = query.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The value of the first parameter of that name.
    public subscript(first name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// The values of all parameters of that name.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    private static func decode(_ bytes: some Collection<UInt8>) -> String {
        PercentEncoding.decode(bytes, plusAsSpace: true) ?? String(decoding: bytes, as: UTF8.self)
    }
}
