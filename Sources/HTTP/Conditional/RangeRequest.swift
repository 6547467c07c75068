public import Primitives

/// What part of a representation a request asks for (RFC 9110 section 14).
public enum RangeRequest: Sendable, Equatable {
    /// All of it: no range was asked for, or none that is served.
    case whole
    /// The bytes from the lower to below the upper bound: 206.
    case part(Range<Int>)
    /// Nothing of it: 416.
    case unsatisfiable

    /// Looks at `Range` and `If-Range`.
    ///
    /// One range is served. With several the whole is: a server may always ignore ranges, and many small ones are an old way to make one
    /// work hard. A range that is not well-formed is ignored too (RFC 9110 14.2).
    /// - Parameters:
    ///   - length: bytes of the whole.
    ///   - entityTag: of the present representation; only a strong one lets `If-Range` have a part, and with one a date does not.
    ///   - lastModified: as `Last-Modified` says it.
    public init(_ headers: RequestHeaders, method: HTTPMethod, length: Int, entityTag: EntityTag?, lastModified: Timestamp?) {
        let values = headers.all("range")
        guard method == .get, values.count == 1, Self.stillHolds(headers.all("if-range"), entityTag, lastModified) else {
            self = .whole
            return
        }
        self = Self.parse(values[0], length: length)
    }

    /// Whether the part would fit what the client has already (RFC 9110 13.1.5).
    private static func stillHolds(_ values: [String], _ entityTag: EntityTag?, _ lastModified: Timestamp?) -> Bool {
        guard let value = values.first else { return true }
        guard values.count == 1 else { return false }
        if value.hasSuffix("\"") {
            guard let entityTag, let wanted = EntityTag.parse(value) else { return false }
            return entityTag.matchesStrongly(wanted)
        }
        // A date cannot tell two versions of one second apart; where there is a tag, the client shall use it.
        guard entityTag == nil, let lastModified, let date = Timestamp(httpDate: value) else { return false }
        return date.seconds == lastModified.seconds
    }

    static func parse(_ value: String, length: Int) -> RangeRequest {
        guard value.utf8.count > 6, value.prefix(6).lowercased() == "bytes=" else { return .whole }
        let bounds = value.dropFirst(6).utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = number(bounds[0]), let last = number(bounds[1]) else { return .whole }
        switch (first, last) {
        case (nil, nil): return .whole
        case (nil, let suffix?):
            guard suffix > 0, length > 0 else { return .unsatisfiable }
            return .part(max(0, length - suffix)..<length)
        case (let first?, let last):
            if let last, last < first { return .whole }
            guard first < length else { return .unsatisfiable }
            return .part(first..<min(last ?? length, length - 1) + 1)
        }
    }

    /// A number, nil inside for no digits at all; nil for anything else. Numbers that do not fit are larger than any representation.
    private static func number(_ digits: Substring.UTF8View) -> Int?? {
        guard digits.allSatisfy(FieldSyntax.isDigit) else { return nil }
        if digits.isEmpty { return .some(nil) }
        return .some(digits.count > 18 ? Int.max / 2 : Int(String(Substring(digits))))
    }
}
