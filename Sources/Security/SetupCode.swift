internal import Primitives

/// The code that makes the first administrator (contracts/configuration.md, "The setup code"): 130 random bits.
public struct SetupCode: Sendable, Equatable {
    private static let length = 26
    /// Longer texts are not looked at.
    private static let typedLimit = 128
    /// What may stand before the code, without its separator.
    private static let prefixes = ["ROOST", "COSMOS"].map { Array($0.utf8) }

    /// The 26 characters, without prefix and groups. Never stored, never logged.
    private let characters: String

    /// A new code.
    public init() {
        characters = String(CrockfordBase32.encode(SecureRandom.bytes(17)).prefix(Self.length))
    }

    /// A code as a person typed it: case, separators and the prefixes `ROOST-` and `COSMOS-` do not matter; I and L are read as 1, O as 0.
    /// Nil when it cannot be one.
    public init?(typed: String) {
        guard typed.utf8.count <= Self.typedLimit else { return nil }
        var letters: [UInt8] = []
        // Any dash and any space: keyboards make long dashes, copied text has hard spaces.
        for scalar in typed.unicodeScalars where !scalar.properties.isDash && !scalar.properties.isWhitespace && scalar != "_" {
            guard scalar.isASCII else { return nil }
            letters.append(UInt8(ascii: scalar))
        }
        // By the length, because a code itself may begin with letters that are read like a prefix.
        for prefix in Self.prefixes where letters.count == prefix.count + Self.length {
            guard zip(letters, prefix).allSatisfy({ $0 & 0xdf == $1 }) else { return nil }
            letters.removeFirst(prefix.count)
        }
        let symbols = letters.compactMap { CrockfordBase32.canonical($0) }
        guard letters.count == Self.length, symbols.count == Self.length else { return nil }
        characters = String(decoding: symbols, as: UTF8.self)
    }

    /// As it is shown: `ROOST-` and groups that can be read aloud.
    public var grouped: String { grouped(prefix: "ROOST") }

    /// The same with another word before it.
    public func grouped(prefix: String) -> String {
        var groups: [Substring] = []
        var rest = Substring(characters)
        for length in [5, 5, 5, 5, 6] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "\(prefix)-" + groups.joined(separator: "-")
    }

    /// What is stored.
    public var hash: [UInt8] { SHA256.hash(characters.utf8) }
}

extension SetupCode: CustomStringConvertible, CustomReflectable {
    /// Three stars: only `grouped` shows the code.
    public var description: String { "***" }

    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
