internal import Primitives

/// The code that makes the first administrator (contracts/configuration.md, "The setup code"): 130 random bits.
public struct SetupCode: Sendable, Equatable {
    private static let length = 26

    /// The 26 characters, without prefix and groups. Never stored, never logged.
    private let characters: String

    /// A new code.
    public init() {
        characters = String(CrockfordBase32.encode(SecureRandom.bytes(17)).prefix(Self.length))
    }

    /// A code as a person typed it: case, separators and the prefixes `ROOST-` and `COSMOS-` do not matter. Nil when it cannot be one.
    public init?(typed: String) {
        guard typed.utf8.count <= 128 else { return nil }
        var text = typed.uppercased()
        for prefix in ["ROOST", "COSMOS"] where text.hasPrefix(prefix) {
            text.removeFirst(prefix.count)
            break
        }
        var symbols: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") && byte != UInt8(ascii: "_") {
            guard let symbol = CrockfordBase32.canonical(byte) else { return nil }
            symbols.append(symbol)
        }
        guard symbols.count == Self.length else { return nil }
        characters = String(decoding: symbols, as: UTF8.self)
    }

    /// As it is shown: `ROOST-` and groups that can be read aloud.
    public var grouped: String {
        var groups: [Substring] = []
        var rest = Substring(characters)
        for length in [5, 5, 5, 5, 6] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "ROOST-" + groups.joined(separator: "-")
    }

    /// What is stored.
    public var hash: [UInt8] { SHA256.hash(Array(characters.utf8)) }
}
