/// The cookies of a request (RFC 6265 section 4.2).
///
/// Read strictly: a pair that is not `token=value`, or whose value has characters that RFC 6265 4.1.1 leaves out, is passed over, so that
/// one broken cookie of another program does not take the others along.
public struct RequestCookies: Sendable {
    private let pairs: [(name: String, value: String)]
    /// The names of those that are passed over.
    private let brokenNames: [String]

    /// - Parameter fields: the values of the `Cookie` fields.
    init(_ fields: [String]) {
        let texts = fields.flatMap { field in field.utf8.split(separator: UInt8(ascii: ";")).map { Substring($0).trimmingBlanks } }
        pairs = texts.compactMap(Self.pair)
        brokenNames = pairs.count == texts.count ? [] : texts.filter { Self.pair($0) == nil }.map { String($0.prefix { $0 != "=" }) }
    }

    /// The value of the first cookie of that name; case matters. Browsers send the one with the longest path first.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// The values of all cookies of that name, in order.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// Whether there is a cookie of that name, also one that is passed over: a client that has a broken one may be told to forget it.
    public func contains(_ name: String) -> Bool {
        pairs.contains { $0.name == name } || brokenNames.contains(name)
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
