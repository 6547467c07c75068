@testable import JSON

/// The JSON reader: every value of a document can be read and found by its pointer, and the writer's text of it reads back as the same.
enum JSONHarness {
    private static let pointersChecked = 64

    static func run(_ bytes: [UInt8]) throws(Finding) {
        let limits = JSONLimits(bytes: 1 << 14, depth: 16)
        guard let root = parse(bytes, limits) else { return }
        try require(bytes.count <= limits.bytes, "a document of \(bytes.count) bytes is above the limit")
        try require(String(validating: bytes, as: UTF8.self) != nil, "a document is not UTF-8")
        var pointers = pointersChecked
        let depth = try walk(root, at: "", of: root, &pointers)
        try require(depth <= limits.depth, "\(depth) levels are above the limit")
        try checkLimits(bytes, depth)

        var writer = JSONWriter()
        try write(root, to: &writer)
        // Escapes and doubles may take more room than they did.
        guard let again = parse(writer.bytes, JSONLimits()) else { throw Finding(description: "what the writer wrote is not read") }
        try compare(root, again)
        var second = JSONWriter()
        try write(again, to: &second)
        try require(second.bytes == writer.bytes, "the second text differs from the first")
    }

    private static func parse(_ bytes: [UInt8], _ limits: JSONLimits) -> JSONValue? {
        withExactCopy(of: bytes) { try? JSONValue.parse($0, limits: limits) }
    }

    /// The limits are exact: what is read within them is refused with one less.
    private static func checkLimits(_ bytes: [UInt8], _ depth: Int) throws(Finding) {
        try require(parse(bytes, JSONLimits(bytes: bytes.count, depth: max(1, depth))) != nil, "a document at the limits is refused")
        try require(parse(bytes, JSONLimits(bytes: bytes.count - 1)) == nil, "a document above the limit of bytes is read")
        if depth > 1 { try require(parse(bytes, JSONLimits(depth: depth - 1)) == nil, "a document above the limit of levels is read") }
    }

    /// - Returns: the levels of arrays and objects.
    private static func walk(
        _ value: JSONValue, at pointer: String, of root: JSONValue, _ pointers: inout Int
    ) throws(Finding) -> Int {
        if pointers > 0 {
            pointers -= 1
            try require(value.pointer.utf8.elementsEqual(pointer.utf8), "the pointer \(value.pointer) should be \(pointer)")
        }
        try checkKinds(value)
        var depth = 0
        switch value.kind {
        case .array:
            for (position, item) in (try read { try value.array() }).enumerated() {
                depth = max(depth, try walk(item, at: "\(pointer)/\(position)", of: root, &pointers))
            }
        case .object:
            let object = try read { try value.object() }
            for (name, member) in object.members {
                try require(object[name]?.index == member.index, "the member \(name) is not found")
                depth = max(depth, try walk(member, at: "\(pointer)/\(JSONDocument.escape(name))", of: root, &pointers))
            }
        default: return 0
        }
        return depth + 1
    }

    /// A value is of its kind and no other.
    private static func checkKinds(_ value: JSONValue) throws(Finding) {
        let kind = value.kind
        try require(((try? value.bool()) != nil) == (kind == .bool), "a \(kind) is read as a bool")
        try require(((try? value.string()) != nil) == (kind == .string), "a \(kind) is read as a string")
        try require(((try? value.integer()) != nil) == (kind == .integer), "a \(kind) is read as an integer")
        try require(((try? value.double()) != nil) == [.integer, .unsigned, .double].contains(kind), "a \(kind) is read as a double")
        try require(((try? value.array()) != nil) == (kind == .array), "a \(kind) is read as an array")
        try require(((try? value.object()) != nil) == (kind == .object), "a \(kind) is read as an object")
        let unsigned = try? value.unsigned()
        try require(unsigned == nil || kind == .unsigned || kind == .integer, "a \(kind) is read as unsigned")
    }

    private static func write(_ value: JSONValue, to writer: inout JSONWriter) throws(Finding) {
        switch value.kind {
        case .null: writer.null()
        case .bool: writer.value(try read { try value.bool() })
        case .integer: writer.value(try read { try value.integer() })
        case .unsigned: writer.value(try read { try value.unsigned() })
        case .double: writer.value(try read { try value.double() })
        case .string: writer.value(try read { try value.string() })
        case .array:
            let items = try read { try value.array() }
            try writing { try writer.array { writer in for item in items { try write(item, to: &writer) } } }
        case .object:
            let members = try read { try value.object().members }
            try writing {
                try writer.object { writer in
                    for (name, member) in members {
                        writer.key(name)
                        try write(member, to: &writer)
                    }
                }
            }
        }
    }

    /// Texts are compared by their bytes, doubles by their bits.
    private static func compare(_ left: JSONValue, _ right: JSONValue) throws(Finding) {
        try require(left.kind == right.kind, "a \(left.kind) comes back as a \(right.kind)")
        switch left.kind {
        case .null, .array, .object: break
        case .string:
            let (before, after) = try read { (try left.string(), try right.string()) }
            try require(before.utf8.elementsEqual(after.utf8), "a text comes back as another")
        case .double:
            let (before, after) = try read { (try left.double(), try right.double()) }
            try require(before.bitPattern == after.bitPattern, "\(before) comes back as \(after)")
        case .integer: try require(try read { try left.integer() == right.integer() }, "an integer comes back as another")
        case .unsigned: try require(try read { try left.unsigned() == right.unsigned() }, "an integer comes back as another")
        case .bool: try require(try read { try left.bool() == right.bool() }, "a bool comes back as the other")
        }
        if left.kind == .array {
            let (before, after) = try read { (try left.array(), try right.array()) }
            try require(before.count == after.count, "an array comes back with another count")
            for (left, right) in zip(before, after) { try compare(left, right) }
        }
        if left.kind == .object {
            let (before, after) = try read { (try left.object().members, try right.object().members) }
            try require(before.count == after.count, "an object comes back with another count")
            for (left, right) in zip(before, after) {
                try require(left.name.utf8.elementsEqual(right.name.utf8), "a name comes back as another")
                try compare(left.value, right.value)
            }
        }
    }

    /// An access that cannot fail, because the kind has been looked at.
    private static func read<Value>(_ access: () throws -> Value) throws(Finding) -> Value {
        do {
            return try access()
        } catch {
            throw Finding(description: "a value cannot be read as what it is: \(error)")
        }
    }

    private static func writing(_ body: () throws -> Void) throws(Finding) {
        do {
            try body()
        } catch {
            throw error as? Finding ?? Finding(description: "\(error)")
        }
    }
}
