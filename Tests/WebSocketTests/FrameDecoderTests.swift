import Testing

@testable import WebSocket

@Suite struct FrameDecoderTests {
    /// RFC 6455 section 5.7: the examples, as a client sends them.
    @Test func theExamplesOfTheRFCAreRead() {
        let hello = Array("Hello".utf8)
        #expect(Decoded([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]).events == [.text(hello)])
        #expect(
            Decoded(ClientFrame.text("Hel", isFinal: false) + ClientFrame.continuation(Array("lo".utf8), isFinal: true)).events == [
                .text(hello)
            ])
        #expect(Decoded(ClientFrame.ping(hello)).events == [.ping(hello)])
        #expect(Decoded(ClientFrame(opcode: 0xA, payload: hello).bytes).events == [.pong(hello)])
    }

    /// RFC 6455 section 5.2: 7, 16 and 64-bit lengths at their edges.
    @Test(arguments: [0, 1, 2, 3, 7, 8, 9, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 1_000_000])
    func payloadsOfEveryLengthComeOutUnmasked(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let decoded = Decoded(ClientFrame.binary(payload))
        #expect(decoded.events == [.binary(payload)])
        #expect(decoded.heldBytes == 0)
    }

    private static let conversation: [UInt8] =
        ClientFrame.text("plain") + ClientFrame.binary([]) + ClientFrame.text("")
        + ClientFrame.text("größe 🎈 ", isFinal: false) + ClientFrame.ping([1, 2, 3])
        + ClientFrame.continuation([0xF0, 0x9F], isFinal: false)
        + ClientFrame(opcode: 0xA).bytes + ClientFrame.continuation([], isFinal: false)
        + ClientFrame.continuation([0x8E, 0x88], isFinal: true)
        + ClientFrame.binary([UInt8](repeating: 0xA5, count: 130)) + ClientFrame.close(1000, Array("bye ✓".utf8))

    private static let expected: [FrameDecoder.Event] = [
        .text(Array("plain".utf8)), .binary([]), .text([]), .ping([1, 2, 3]), .pong([]), .text(Array("größe 🎈 🎈".utf8)),
        .binary([UInt8](repeating: 0xA5, count: 130)), .close(.normal),
    ]

    /// RFC 6455 section 5.4: nothing depends on how the bytes are cut.
    @Test func everySplitOfAConversationGivesTheSameMessages() {
        let bytes = Self.conversation
        #expect(Decoded(bytes).events == Self.expected)
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: 5) {
                let decoded = Decoded([bytes[..<first], bytes[first..<second], bytes[second...]])
                #expect(decoded.events == Self.expected && decoded.violation == nil, "split at \(first) and \(second)")
            }
        }
        let single = Decoded(bytes.indices.map { bytes[$0...$0] })
        #expect(single == Decoded(bytes))
        #expect(single.heldBytes == 0)
    }

    private static let violations: [(String, [UInt8], ProtocolViolation)] = [
        ("RSV1 without an extension", ClientFrame(reserved: 4).bytes, .reservedBits),
        ("RSV2", ClientFrame(reserved: 2).bytes, .reservedBits),
        ("RSV3", ClientFrame(opcode: 0x9, reserved: 1).bytes, .reservedBits),
        ("data opcode 3", ClientFrame(opcode: 0x3).bytes, .reservedOpcode(3)),
        ("data opcode 7", ClientFrame(opcode: 0x7).bytes, .reservedOpcode(7)),
        ("control opcode 11", ClientFrame(opcode: 0xB).bytes, .reservedOpcode(11)),
        ("control opcode 15", ClientFrame(opcode: 0xF).bytes, .reservedOpcode(15)),
        ("an unmasked frame", ClientFrame(mask: nil).bytes, .unmaskedFrame),
        ("16 bits for 125", ClientFrame(payload: [UInt8](repeating: 97, count: 125), lengthBytes: 2).bytes, .lengthNotMinimal),
        ("64 bits for 65535", ClientFrame(lengthBytes: 8, claimedLength: 65_535).bytes, .lengthNotMinimal),
        ("a length of 2^63", ClientFrame(lengthBytes: 8, claimedLength: 1 << 63).bytes, .lengthOutOfRange),
        ("a ping in pieces", ClientFrame(opcode: 0x9, isFinal: false).bytes, .fragmentedControlFrame),
        ("a close in pieces", ClientFrame(opcode: 0x8, isFinal: false).bytes, .fragmentedControlFrame),
        ("a ping of 126 bytes", ClientFrame.ping([UInt8](repeating: 0, count: 126)), .controlFrameTooLong),
        ("a close of 126 bytes", ClientFrame.close(1000, [UInt8](repeating: 97, count: 124)), .controlFrameTooLong),
        ("a continuation of nothing", ClientFrame.continuation([], isFinal: true), .continuationWithoutStart),
        ("a continuation after the end", ClientFrame.text("a") + ClientFrame.continuation([], isFinal: false), .continuationWithoutStart),
        ("text inside text", ClientFrame.text("a", isFinal: false) + ClientFrame.text("b"), .newMessageInsideFragmented),
        ("binary inside text", ClientFrame.text("a", isFinal: false) + ClientFrame.binary([1]), .newMessageInsideFragmented),
        ("a close body of one byte", ClientFrame.close([3]), .closeBodyTooShort),
        ("a close reason that is not UTF-8", ClientFrame.close(1000, [0xCE, 0xBA, 0xED, 0xA0, 0x80]), .invalidUTF8),
        ("a close reason cut inside a character", ClientFrame.close(1000, [0xCE]), .invalidUTF8),
        ("text cut inside a character", ClientFrame(payload: [0xCE]).bytes, .invalidUTF8),
        ("a message above the limit", ClientFrame(opcode: 0x2, claimedLength: 1 << 20 + 1).bytes, .messageTooBig(limit: 1 << 20)),
        ("the largest length", ClientFrame(opcode: 0x2, claimedLength: UInt64(Int.max)).bytes, .messageTooBig(limit: 1 << 20)),
    ]

    /// RFC 6455 sections 5.1–5.5 and 8.1: each fails the connection, however the bytes are cut.
    @Test(arguments: violations.indices)
    func whatTheRFCForbidsFailsTheConnection(index: Int) {
        let (name, bytes, violation) = Self.violations[index]
        #expect(Decoded(bytes).violation == violation, "\(name)")
        for split in 0...min(bytes.count, 40) {
            #expect(Decoded([bytes[..<split], bytes[split...]]).violation == violation, "\(name), split at \(split)")
        }
    }

    /// RFC 6455 section 7.4.1.
    @Test func everyViolationHasTheCodeOfTheRFC() {
        #expect(ProtocolViolation.reservedBits.closeCode == .protocolError)
        #expect(ProtocolViolation.closeCodeNotAllowed(1005).closeCode == .protocolError)
        #expect(ProtocolViolation.invalidUTF8.closeCode == .invalidPayload)
        #expect(ProtocolViolation.invalidDeflateData.closeCode == .invalidPayload)
        #expect(ProtocolViolation.messageTooBig(limit: 1).closeCode == .messageTooBig)
    }

    /// The limit holds for the message, not for its frames.
    @Test func fragmentsAreCountedTogether() {
        let two = ClientFrame(opcode: 0x2, payload: [1, 2], isFinal: false).bytes + ClientFrame.continuation([3, 4], isFinal: false)
        #expect(Decoded(two + ClientFrame.continuation([], isFinal: true), messageLimit: 4).events == [.binary([1, 2, 3, 4])])
        #expect(Decoded(two + ClientFrame.continuation([5], isFinal: true), messageLimit: 4).violation == .messageTooBig(limit: 4))
        #expect(Decoded(ClientFrame.binary([1]) + ClientFrame.binary([1, 2, 3, 4]), messageLimit: 4).violation == nil)
    }

    /// A head that announces a megabyte costs nothing until the megabyte comes.
    @Test func memoryFollowsWhatHasArrived() {
        let decoded = Decoded(Array(ClientFrame(opcode: 0x2, payload: [1, 2, 3], claimedLength: 1 << 20).bytes))
        #expect(decoded.heldBytes < 256)
        #expect(decoded.events.isEmpty && decoded.violation == nil)
    }

    /// RFC 6455 section 8.1, Autobahn 6.3 and 6.4: bad text is refused before its message, or even its frame, is complete.
    @Test func badTextFailsAtItsFirstBadByte() {
        let bad: [UInt8] = [0xCE, 0xBA, 0xF4, 0x90]
        let frame = ClientFrame(payload: bad, claimedLength: 20).bytes
        #expect(Decoded(frame).violation == .invalidUTF8)
        #expect(Decoded(Array(frame.dropLast())).violation == nil)
        let fragments = ClientFrame.text("ok", isFinal: false) + ClientFrame.continuation(bad, isFinal: false)
        #expect(Decoded(fragments).violation == .invalidUTF8)
    }

    /// DESIGN section 4: an idle connection owns no buffer.
    @Test func theDecoderIsSmall() {
        #expect(MemoryLayout<FrameDecoder>.size <= 136)
    }
}
