internal import CSimdJSON

/// A parsed document: simdjson's tape and strings, copied once. Values are places on the tape.
final class JSONDocument: Sendable {
    let tape: [UInt64]
    let strings: [UInt8]

    private init(tape: [UInt64], strings: [UInt8]) {
        self.tape = tape
        self.strings = strings
    }

    static func parse(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) throws(JSONError) -> JSONDocument {
        guard bytes.count <= limits.bytes else { throw .tooLarge(limit: limits.bytes) }
        // simdjson skips a byte order mark in some versions; RFC 8259 8.1 forbids it.
        guard let base = bytes.baseAddress, !bytes.isEmpty, bytes[0] != 0xEF else { throw .malformed(reason: "no JSON value") }
        let result = roost_json_parse(base.assumingMemoryBound(to: UInt8.self), bytes.count, limits.depth)
        func copy() -> JSONDocument {
            JSONDocument(
                tape: Array(UnsafeBufferPointer(start: result.tape, count: result.tape_count)),
                strings: Array(UnsafeBufferPointer(start: result.strings, count: result.string_bytes)))
        }
        switch result.status {
        case ROOST_JSON_OK: return copy()
        case ROOST_JSON_TOO_DEEP: throw .tooDeep(limit: limits.depth)
        case ROOST_JSON_BAD_NUMBER: throw .malformed(reason: "a number is malformed or does not fit into 64 bits")
        case ROOST_JSON_NOT_UTF8: throw .malformed(reason: "not UTF-8")
        case ROOST_JSON_DUPLICATE_NAME:
            let document = copy()
            throw .duplicateName(pointer: document.pointer(to: result.duplicate_index))
        case ROOST_JSON_NO_MEMORY: throw .malformed(reason: "out of memory")
        default: throw .malformed(reason: "not a JSON document")
        }
    }

    // MARK: The tape

    func kind(at index: Int) -> JSONValue.Kind {
        switch UInt8(truncatingIfNeeded: tape[index] >> 56) {
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "l"): .integer
        case UInt8(ascii: "u"): .unsigned
        case UInt8(ascii: "d"): .double
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "{"): .object
        default: .null
        }
    }

    /// The place of the next value after the one at `index`.
    func next(after index: Int) -> Int {
        switch kind(at: index) {
        case .integer, .unsigned, .double: index + 2
        // The lower half of the payload is the place after the end of the array or object.
        case .array, .object: Int(tape[index] & 0xFFFF_FFFF)
        case .null, .bool, .string: index + 1
        }
    }

    /// The places of the children of an array, or of names and values by turns of an object.
    func end(of index: Int) -> Int {
        Int(tape[index] & 0xFFFF_FFFF) - 1
    }

    func text(at index: Int) -> String {
        withUTF8(at: index) { String(decoding: $0, as: UTF8.self) }
    }

    func withUTF8<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let offset = Int(tape[index] & 0x00FF_FFFF_FFFF_FFFF)
        return strings.withUnsafeBytes { bytes in
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            return body(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)]))
        }
    }

    // MARK: Where a value stands

    /// The RFC 6901 pointer of a value, or of the member whose name stands at `target`. Looked for only when an error needs it.
    func pointer(to target: Int) -> String {
        var pointer = ""
        var index = 1
        while index != target, kind(at: index) == .array || kind(at: index) == .object {
            let isObject = kind(at: index) == .object
            let end = end(of: index)
            var child = index + 1
            var position = 0
            var found: Int?
            while child < end {
                let name = child
                if isObject { child += 1 }
                let after = next(after: child)
                if target == name || (target >= child && target < after) {
                    pointer += "/" + (isObject ? Self.escape(text(at: name)) : String(position))
                    found = target == name ? target : child
                    break
                }
                child = after
                position += 1
            }
            guard let found else { break }
            index = found
        }
        return pointer
    }

    /// A name as a token of a pointer (RFC 6901 section 3), scalar by scalar: `/` and an accent are one character and must be escaped all the same.
    static func escape(_ name: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped.append(contentsOf: "~0".unicodeScalars)
            case "/": escaped.append(contentsOf: "~1".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
