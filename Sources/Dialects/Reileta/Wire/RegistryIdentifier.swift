internal import Community
internal import Primitives
internal import Security

/// Ids on the wire (contracts/reileta.md 1.4, docs/decisions/0014-registry.md): a prefix, and a UUID of version 8 (RFC 9562 5.8) that holds what it is
/// the id of, the number of the core, and 56 bits of an authentication code of both under the server's key.
///
/// The code tells the ids of one server from those of all others, and lets nobody guess one: whoever knows the id of a world may read it.
struct RegistryIdentifier {
    /// What has ids. The numbers stand in the ids and never change.
    enum Kind: UInt8, CaseIterable {
        case user = 1
        case world = 2
        case asset = 3
        case service = 4
        case instance = 5
        case session = 6
        case player = 7
        case follow = 8
        case integrity = 9
        case candidate = 12

        /// What ids of it begin with.
        var prefix: String {
            switch self {
            case .user: "u_"
            case .world: "w_"
            case .asset: "f_"
            case .service, .player: "p_"
            case .instance: "i_"
            case .session: "s_"
            case .follow, .integrity, .candidate: ""
            }
        }
    }

    /// Characters of a UUID as text.
    static let length = 36

    private let code: HMACSHA256

    /// - Parameter key: the server's own, which never changes.
    init(key: [UInt8]) {
        code = HMACSHA256(key: key)
    }

    /// The id of an object.
    func text(_ kind: Kind, _ number: Int64) -> String {
        kind.prefix + uuid(kind, number)
    }

    /// The id of an object that may have one that its maker has chosen.
    func text(_ kind: Kind, _ number: Int64, chosen: String?) -> String {
        kind.prefix + (chosen ?? uuid(kind, number))
    }

    private func uuid(_ kind: Kind, _ number: Int64) -> String {
        let low = UInt64(bitPattern: number) & Self.numbers | 0x8000_0000_0000_0000
        let place = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: low >> UInt64($0)) }
        let code = code.authenticate([kind.rawValue] + place)
        let digits = Array(Hex.encode(code.prefix(6) + [0x80 | kind.rawValue, code[6]] + place))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// The bits of a number.
    private static let numbers: UInt64 = 0x3FFF_FFFF_FFFF_FFFF

    /// Which object an id means; nil for what is no id of that kind. Ids of other servers are read as chosen ones, which nothing here has.
    func reference(_ kind: Kind, _ text: some StringProtocol) -> RegistryReference? {
        guard text.hasPrefix(kind.prefix) else { return nil }
        let uuid = text.dropFirst(kind.prefix.count)
        guard uuid.utf8.count == Self.length, uuid.utf8.allSatisfy(Self.isIdentifierByte) else { return nil }
        if let number = number(kind, uuid) { return .number(number) }
        return .chosen(String(uuid))
    }

    /// The number in an id of this server; nil for any other.
    func number(_ kind: Kind, _ uuid: some StringProtocol) -> Int64? {
        guard let bytes = Hex.decode(String(uuid.filter { $0 != "-" })), bytes.count == 16 else { return nil }
        let number = Int64(bytes[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & Self.numbers)
        return constantTimeEquals(Array(self.uuid(kind, number).utf8), Array(uuid.utf8)) ? number : nil
    }

    /// Whether an id can be chosen: not one that this server gives out itself, to whatever.
    func canBeChosen(_ uuid: String) -> Bool {
        Kind.allCases.allSatisfy { number($0, uuid) == nil }
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || byte == 0x2D
    }
}
