import JSON
import TestSupport

/// A JSON value in the test's own terms. Texts and names are compared by their bytes, doubles by their bits.
enum TestValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(UInt64)
    case text([UInt8])
    case array([TestValue])
    case object([Member])

    struct Member: Equatable, Sendable {
        var name: [UInt8]
        var value: TestValue
    }

    /// What has been read; null where an access fails, which no equal value hides.
    init(_ value: JSONValue) {
        self =
            switch value.kind {
            case .null: .null
            case .bool: (try? value.bool()).map(TestValue.bool) ?? .null
            case .integer: (try? value.integer()).map(TestValue.integer) ?? .null
            case .unsigned: (try? value.unsigned()).map(TestValue.unsigned) ?? .null
            case .double: (try? value.double()).map { .double($0.bitPattern) } ?? .null
            case .string: (try? value.string()).map { .text(Array($0.utf8)) } ?? .null
            case .array: (try? value.array()).map { .array($0.map(TestValue.init)) } ?? .null
            case .object:
                (try? value.object()).map { .object($0.members.map { Member(name: Array($0.name.utf8), value: TestValue($0.value)) }) }
                    ?? .null
            }
    }

    /// How many values it is made of.
    var count: Int {
        switch self {
        case .array(let values): values.reduce(1) { $0 + $1.count }
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        default: 1
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let flag): writer.value(flag)
        case .integer(let number): writer.value(number)
        case .unsigned(let number): writer.value(number)
        case .double(let bits): writer.value(Double(bitPattern: bits))
        case .text(let text): writer.value(String(decoding: text, as: UTF8.self))
        case .array(let values): writer.array { for value in values { value.write(to: &$0) } }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(String(decoding: member.name, as: UTF8.self))
                    member.value.write(to: &writer)
                }
            }
        }
    }

    static func random(depth: Int, using generator: inout SeededGenerator) -> TestValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
        case 3: return .unsigned(.random(in: (1 << 63)...(.max), using: &generator))
        case 4:
            let number = Double(bitPattern: generator.next())
            return .double((number.isFinite ? number : 0.5).bitPattern)
        case 5: return .text(randomText(using: &generator))
        case 6: return .array((0..<Int.random(in: 0...8, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var names: Set<[UInt8]> = []
            for _ in 0..<Int.random(in: 0...24, using: &generator) { names.insert(randomText(using: &generator)) }
            // The order of a set changes from run to run.
            let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }.shuffled(using: &generator)
            return .object(sorted.map { Member(name: $0, value: random(depth: depth - 1, using: &generator)) })
        }
    }

    /// Controls, quotation marks, letters, and characters of two to four bytes.
    private static func randomText(using generator: inout SeededGenerator) -> [UInt8] {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1f, 0x22...0x22, 0x5c...0x5c, 0x20...0x7f, 0x80...0x7ff, 0x800...0xd7ff, 0xe000...0x10ffff,
        ]
        let scalars = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
            Unicode.Scalar(.random(in: ranges.randomElement(using: &generator) ?? 0...0, using: &generator))
        }
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }
}
