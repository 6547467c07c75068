import Testing

@testable import WebSocket

@Suite struct UTF8ValidatorTests {
    private static func check(_ pieces: [ArraySlice<UInt8>]) -> Bool {
        var validator = UTF8Validator()
        for piece in pieces {
            guard Array(piece).withUnsafeBytes({ validator.accept($0) }) else { return false }
        }
        return validator.isComplete
    }

    /// Unicode 15, table 3-7, with the edges of every row.
    private static let table: [(bytes: [UInt8], isValid: Bool)] = [
        ([], true), ([0x00], true), ([0x7F], true), ([0x80], false), ([0xBF], false), ([0xC0, 0x80], false), ([0xC1, 0xBF], false),
        ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xC2], false), ([0xC2, 0x7F], false), ([0xC2, 0xC0], false),
        ([0xE0, 0x9F, 0xBF], false), ([0xE0, 0xA0, 0x80], true), ([0xE1, 0x80, 0x80], true), ([0xE1, 0x80], false),
        ([0xED, 0x9F, 0xBF], true), ([0xED, 0xA0, 0x80], false), ([0xED, 0xBF, 0xBF], false), ([0xEE, 0x80, 0x80], true),
        ([0xEF, 0xBF, 0xBF], true), ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xF0, 0x90, 0x80, 0x80], true),
        ([0xF3, 0xBF, 0xBF, 0xBF], true), ([0xF4, 0x8F, 0xBF, 0xBF], true), ([0xF4, 0x90, 0x80, 0x80], false),
        ([0xF5, 0x80, 0x80, 0x80], false), ([0xF8, 0x88, 0x80, 0x80, 0x80], false), ([0xFE], false), ([0xFF], false),
        ([0xF0, 0x90, 0x80], false), ([0xF0, 0x90, 0x80, 0x41], false), ([0xE2, 0x82, 0xAC, 0xAC], false),
    ]

    /// RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF; at every place, whole or in single bytes.
    @Test(arguments: table.indices)
    func theTableOfWellFormedSequencesIsKept(index: Int) {
        let (bytes, isValid) = Self.table[index]
        for padding in 0..<20 {
            let text = [UInt8](repeating: 0x61, count: padding) + bytes + [UInt8](repeating: 0x7A, count: isValid ? 9 : 0)
            #expect(Self.check([text[...]]) == isValid, "\(bytes) after \(padding)")
            #expect(Self.check(text.indices.map { text[$0...$0] }) == isValid, "\(bytes) after \(padding) in single bytes")
        }
    }

    /// The standard library decides alike on every sequence of one to three bytes from the edges of the table.
    @Test func theStandardLibraryAgrees() {
        let edges: [UInt8] = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3,
            0xF4, 0xF5, 0xFF,
        ]
        for a in edges {
            for b in edges {
                for c in edges {
                    for d: UInt8 in [0x41, 0x80, 0xBF, 0xC2] {
                        let bytes = [a, b, c, d]
                        #expect(Self.check([bytes[...]]) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
                    }
                }
            }
        }
    }

    /// Autobahn 6.4: the second byte of a sequence is already enough to refuse it.
    @Test(arguments: [[0xE0, 0x9F], [0xED, 0xA0], [0xF0, 0x8F], [0xF4, 0x90], [0xC1], [0xF5]] as [[UInt8]])
    func aBadSequenceFailsBeforeItsEnd(bytes: [UInt8]) {
        var validator = UTF8Validator()
        #expect(!bytes.withUnsafeBytes { validator.accept($0) })
    }
}
