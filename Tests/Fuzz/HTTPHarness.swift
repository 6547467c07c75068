@testable import HTTP

/// The request parser: the same requests and errors under every cut, within the limits.
enum HTTPHarness {
    /// All that a parser makes of some bytes.
    private struct Reading: Equatable {
        var heads: [String] = []
        var bodies: [[UInt8]] = []
        var ended = 0
        var error: HTTPError?
        var isBetweenRequests = false
    }

    static func run(_ bytes: [UInt8]) throws(Finding) {
        let input = FuzzInput(bytes)
        let limits = limits(input.choices[0])
        var first: Reading?
        for pieces in input.cuts {
            let reading = try read(pieces, limits)
            try require(
                first == nil || first == reading, "the cut \(pieces.map(\.count)) gives \(reading), the whole \(String(describing: first))")
            first = first ?? reading
        }
    }

    private static func limits(_ choice: UInt8) -> HTTPLimits {
        var limits = HTTPLimits()
        if choice & 1 != 0 {
            limits.headerBytes = 96
            limits.targetBytes = 24
        }
        if choice & 2 != 0 { limits.headerFields = 3 }
        if choice & 4 != 0 { limits.bodyBytes = 20 }
        return limits
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], _ limits: HTTPLimits) throws(Finding) -> Reading {
        var reading = Reading()
        var parser = RequestParser(limits: limits)
        var finding: Finding?
        do throws(HTTPError) {
            for piece in pieces {
                try withExactCopy(of: piece) { bytes throws(HTTPError) in
                    var offset = 0
                    while let event = try parser.next(in: bytes, from: &offset) {
                        finding = finding ?? take(event, of: bytes, limits, into: &reading)
                    }
                    if offset != bytes.count { finding = Finding(description: "\(bytes.count - offset) bytes are left over") }
                }
            }
            reading.isBetweenRequests = parser.isBetweenRequests
        } catch {
            reading.error = error
        }
        if let finding { throw finding }
        return reading
    }

    private static func take(
        _ event: RequestParser.Event, of bytes: UnsafeRawBufferPointer, _ limits: HTTPLimits, into reading: inout Reading
    ) -> Finding? {
        do throws(Finding) {
            switch event {
            case .head(let head):
                try check(head, limits)
                reading.heads.append(text(head))
                reading.bodies.append([])
            case .body(let range):
                try require(!range.isEmpty && range.upperBound <= bytes.count, "a part of a body is \(range) of \(bytes.count)")
                try require(!reading.bodies.isEmpty, "a body comes before its head")
                reading.bodies[reading.bodies.count - 1] += bytes[range]
                try require(reading.bodies.last?.count ?? 0 <= limits.bodyBytes, "a body is above the limit")
            case .end:
                reading.ended += 1
                try require(reading.ended == reading.heads.count, "a request ends that has not begun")
            }
            return nil
        } catch {
            return error
        }
    }

    private static func check(_ head: RequestHead, _ limits: HTTPLimits) throws(Finding) {
        try require(head.headers.bytes.count <= limits.headerBytes, "a head is above the limit")
        try require(head.headers.fields.count <= limits.headerFields, "the fields are above the limit")
        try require(head.target.hasPrefix("/") || head.target == "*", "the target is \(head.target)")
        try require(
            head.target.utf8.starts(with: head.path.utf8) && !head.path.utf8.contains(UInt8(ascii: "?")), "the path is \(head.path)")
        try require(head.minorVersion == 1 || head.framing != .chunked, "HTTP/1.0 is chunked")
        for field in head.headers.fields {
            let (name, value) = (head.headers.bytes[field.name.indices], head.headers.bytes[field.value.indices])
            try require(FieldSyntax.isToken(name) && FieldSyntax.isValue(value), "a field has characters that it must not")
            try require(head.headers.all(head.headers.text(field.name)).contains(head.headers.text(field.value)), "a field is not found")
        }
    }

    private static func text(_ head: RequestHead) -> String {
        let fields = head.headers.fields.map { "\(head.headers.text($0.name))=\(head.headers.text($0.value))" }
        let host = head.host.map { head.headers.text($0) } ?? "none"
        return "\(head.method.rawValue) \(head.target) \(head.path) 1.\(head.minorVersion) \(head.framing) \(host) "
            + "\(head.keepsAlive) \(head.expectsContinue) \(head.asksForUpgrade) \(fields)"
    }
}
