import Community
import TestSupport
import Testing

@testable import Reileta

@Suite("Ids on the wire")
struct RegistryIdentifierTests {
    private static let kinds: [RegistryIdentifier.Kind] = [.user, .world, .asset, .service, .instance, .session, .player, .follow]
    private static let identifiers = RegistryIdentifier(key: Array(1...32))
    /// A server with another key.
    private static let others = RegistryIdentifier(key: Array(2...33))

    private static let numbers: [Int64] = {
        var generator = SeededGenerator(seed: 14)
        return [0, 1, 9_007_199_254_740_991] + (0..<200).map { _ in Int64.random(in: 0..<1 << 62, using: &generator) }
    }()

    @Test("are read back as the numbers that they were made of", arguments: kinds)
    func roundTrip(_ kind: RegistryIdentifier.Kind) {
        for number in Self.numbers {
            #expect(Self.identifiers.reference(kind, Self.identifiers.text(kind, number)) == .number(number))
        }
    }

    @Test("are a prefix and a UUID of version 8 with the variant of RFC 9562", arguments: kinds)
    func form(_ kind: RegistryIdentifier.Kind) {
        for number in Self.numbers {
            let text = Self.identifiers.text(kind, number)
            #expect(text.hasPrefix(kind.prefix))
            let uuid = Array(text.dropFirst(kind.prefix.count))
            #expect(uuid.count == 36 && [8, 13, 18, 23].allSatisfy { uuid[$0] == "-" })
            #expect(uuid[14] == "8" && "89ab".contains(uuid[19]))
            #expect(uuid.allSatisfy { "0123456789abcdef-".contains($0) })
        }
    }

    /// The texts are a promise: clients keep them.
    @Test(
        "never change",
        arguments: [
            (RegistryIdentifier.Kind.user, Int64(0), "u_89bba717-4381-8149-8000-000000000000"),
            (.world, 1, "w_4ce26725-52da-82f8-8000-000000000001"),
            (.asset, 255, "f_307af1ef-7953-83ce-8000-0000000000ff"),
            (.service, 65_536, "p_72cbc236-9799-8489-8000-000000010000"),
            (.instance, 9_007_199_254_740_991, "i_4d96ffb7-ce1c-85eb-801f-ffffffffffff"),
            (.session, 2, "s_41fda9a5-d4da-8646-8000-000000000002"),
            (.player, 3, "p_470f93a5-4e23-87c0-8000-000000000003"),
            (.follow, 4, "9255b1da-8a01-881a-8000-000000000004"),
        ])
    func promise(_ kind: RegistryIdentifier.Kind, _ number: Int64, _ text: String) {
        #expect(Self.identifiers.text(kind, number) == text)
    }

    @Test("of another server are ids that somebody has chosen", arguments: kinds)
    func otherKey(_ kind: RegistryIdentifier.Kind) {
        let text = Self.others.text(kind, 7)
        #expect(Self.identifiers.reference(kind, text) == .chosen(String(text.dropFirst(kind.prefix.count))))
    }

    /// A service and a player have the same prefix.
    @Test("of another kind are none of ours")
    func otherKind() {
        let player = Self.identifiers.text(.player, 7)
        #expect(Self.identifiers.reference(.service, player) == .chosen(String(player.dropFirst(2))))
        #expect(Self.identifiers.reference(.world, Self.identifiers.text(.user, 7)) == nil)
    }

    @Test(
        "in another form are none at all",
        arguments: [
            "w_01234567-89AB-8200-8000-000000000001", "W_01234567-89ab-8200-8000-000000000001", "01234567-89ab-8200-8000-000000000001",
            "w_01234567-89ab-8200-8000-00000000000", "w_01234567-89ab-8200-8000-0000000000011", "w_", "",
            "w_0123456789ab82008000000000000001",
            "w_01234567-89ab-8200-8000-00000000000g", "w_01234567-89ab-8200-8000-00000000000\u{e9}",
        ])
    func malformed(_ text: String) {
        #expect(Self.identifiers.reference(.world, text) == nil)
    }

    /// Nobody makes an id out of a number, nor one out of another: every bit of it counts.
    @Test("that are changed in one digit are no numbers", arguments: kinds)
    func almost(_ kind: RegistryIdentifier.Kind) {
        let uuid = Array(Self.identifiers.text(kind, 1_234_567_890_123).dropFirst(kind.prefix.count))
        for place in uuid.indices where uuid[place] != "-" {
            for digit in "0123456789abcdef" where digit != uuid[place] {
                var other = uuid
                other[place] = digit
                #expect(Self.identifiers.reference(kind, kind.prefix + String(other)) == .chosen(String(other)))
            }
        }
    }

    @Test("that look like those of this server cannot be chosen, whatever they are of")
    func choosing() {
        for kind in Self.kinds {
            #expect(!Self.identifiers.canBeChosen(String(Self.identifiers.text(kind, 7).dropFirst(kind.prefix.count))))
            #expect(Self.identifiers.canBeChosen(String(Self.others.text(kind, 7).dropFirst(kind.prefix.count))))
        }
        #expect(Self.identifiers.canBeChosen("11111111-2222-4333-8444-555555555555"))
    }

    @Test("that were chosen stand in the place of the number")
    func chosen() {
        let uuid = "11111111-2222-4333-8444-555555555555"
        #expect(Self.identifiers.text(.world, 7, chosen: uuid) == "w_\(uuid)")
        #expect(Self.identifiers.text(.world, 7, chosen: nil) == Self.identifiers.text(.world, 7))
        #expect(Self.identifiers.reference(.world, "w_\(uuid)") == .chosen(uuid))
    }
}
