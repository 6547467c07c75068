/// The cookies of a request (RFC 6265 section 4.2).
///
/// Read strictly: a pair that is not `token=value`, or whose value has characters that RFC 6265 4.1.1 leaves out, is passed over, so that
/// one broken cookie of another program does not take the others along.
public struct RequestCookies: Sendable {
    private let pairs: [(name: String, value: String)]

    /// - Parameter fields: the values of the `Cookie` fields.
    init(_ fields: [String]) {
        pairs = fields.flatMap { field in
            field.utf8.split(separator: UInt8(ascii: ";")).compactMap { Self.pair(Substring($0).trimmingBlanks) }
        }
    }

    /// The value of the first cookie of that name; case matters. Browsers send the one with the longest path first.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// The values of all cookies of that name, in order.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    private static func pair(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = text[..<equals]
        var value = text[text.utf8.index(after: equals)...].utf8
        if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") { value = value.dropFirst().dropLast() }
        guard FieldSyntax.isToken(name.utf8), value.allSatisfy({ FieldSyntax.cookieBytes.contains($0) }) else { return nil }
        return (String(name), String(Substring(value)))
    }
}

extension HTTPRequest {
    /// The cookies. Parsed each time they are asked for.
    public var cookies: RequestCookies {
        RequestCookies(headers.all("cookie"))
    }
}
