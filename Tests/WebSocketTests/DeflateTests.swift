import Testing

@testable import WebSocket

@Suite struct DeflateTests {
    private static let text = Array(String(repeating: "{\"op\":10,\"d\":{\"content\":\"grüße 🎈\"}}", count: 200).utf8)

    private static func deflater(keepsContext: Bool = false, windowBits: Int = 13, minimumSize: Int = 1) -> Deflater {
        var options = WebSocketCompression()
        options.minimumSize = minimumSize
        return Deflater(windowBits: windowBits, keepsContext: keepsContext, options: options)
    }

    private static func inflater(keepsContext: Bool = false, windowBits: Int = 15) -> Inflater {
        Inflater(windowBits: windowBits, keepsContext: keepsContext)
    }

    /// Text that deflate cannot shorten much, the same on every run.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    /// RFC 7692 section 7.2.3: the examples.
    @Test(
        arguments: [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        ] as [[UInt8]])
    func theExamplesOfTheRFCInflate(payload: [UInt8]) {
        for split in 0...payload.count {
            let frames =
                ClientFrame.deflated(Array(payload[..<split]), isFinal: false)
                + ClientFrame.continuation(Array(payload[split...]), isFinal: true)
            #expect(Decoded(frames, inflater: Self.inflater()).events == [.text(Array("Hello".utf8))])
        }
    }

    /// RFC 7692 section 7.2.3.2: the second message refers to the first one.
    @Test func theWindowIsKeptWithContextTakeoverOnly() {
        let first = ClientFrame.deflated([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        let second = ClientFrame.deflated([0xF2, 0x00, 0x11, 0x00, 0x00])
        let hello = FrameDecoder.Event.text(Array("Hello".utf8))
        #expect(Decoded(first + second, inflater: Self.inflater(keepsContext: true)).events == [hello, hello])
        #expect(Decoded(first + second, inflater: Self.inflater()).violation == .invalidDeflateData)
        // A block marked as the last one (section 7.2.3.4) leaves the window as it is.
        let last = ClientFrame.deflated([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00])
        #expect(Decoded(last + second, inflater: Self.inflater(keepsContext: true)).events == [hello, hello])
    }

    /// A client that reaches back further than it has agreed to is read, whatever the pieces in which its message comes.
    @Test func whatReachesBackBeyondTheWindowIsReadTheSameUnderEveryCut() throws {
        let message = Self.noise(2_000) + Self.noise(2_000)
        let payload = try #require(Self.deflater(windowBits: 15).compress(message))
        let frame = ClientFrame.deflated(payload, opcode: 0x2)
        for size in [1, 100, frame.count] {
            let pieces = stride(from: 0, to: frame.count, by: size).map { frame[$0..<min($0 + size, frame.count)] }
            #expect(Decoded(pieces, inflater: Self.inflater(windowBits: 9)).events == [.binary(message)])
        }
    }

    @Test(arguments: [true, false], [9, 15])
    func messagesComeBackAsTheyWere(keepsContext: Bool, windowBits: Int) throws {
        let deflater = Self.deflater(keepsContext: keepsContext, windowBits: windowBits)
        let inflater = Self.inflater(keepsContext: keepsContext, windowBits: windowBits)
        var frames: [UInt8] = []
        let messages = [Self.text, [0x61], Self.text, Array(Self.text.reversed()), [UInt8](repeating: 0, count: 300_000), Self.noise(100)]
        for message in messages {
            if let payload = deflater.compress(message) {
                frames += ClientFrame.deflated(payload, opcode: 0x2)
            } else {
                #expect(!keepsContext)
                frames += ClientFrame.binary(message)
            }
        }
        let decoded = Decoded(frames, inflater: inflater)
        #expect(decoded.events == messages.map { .binary($0) })
        #expect(frames.count < 20_000)
        #expect(
            Decoded(frames.indices.map { frames[$0...$0] }, inflater: Self.inflater(keepsContext: keepsContext)).events == decoded.events)
        #expect(inflater.holdsStream == keepsContext)
        #expect(deflater.holdsStream == keepsContext)
        #expect(decoded.heldBytes == 0)
    }

    @Test func whatCannotBeShortenedIsSentAsItIs() {
        #expect(Self.deflater().compress(Self.noise(5_000)) == nil)
        #expect(Self.deflater(keepsContext: true).compress(Self.noise(5_000)) != nil)
        #expect(Self.deflater(minimumSize: 100).compress([UInt8](repeating: 1, count: 99)) == nil)
        #expect(Self.deflater(minimumSize: 100).compress([UInt8](repeating: 1, count: 100)) != nil)
        #expect(Self.deflater(minimumSize: 0).compress([]) == nil)
    }

    /// A client may send a message that deflate cannot shorten, up to the very limit.
    @Test func noiseUpToTheLimitIsTaken() throws {
        let noise = Self.noise(1 << 20)
        let payload = try #require(Self.deflater(keepsContext: true).compress(noise))
        #expect(payload.count > noise.count)
        #expect(Decoded(ClientFrame.deflated(payload, opcode: 0x2), inflater: Self.inflater()).events == [.binary(noise)])
    }

    /// RFC 7692 section 7.2.3.6: an empty message is one byte; no byte at all is taken for one as well.
    @Test func anEmptyMessageMayBeCompressed() {
        let frames = ClientFrame.deflated([0x00]) + ClientFrame.deflated([]) + ClientFrame.text("x")
        #expect(Decoded(frames, inflater: Self.inflater()).events == [.text([]), .text([]), .text([0x78])])
    }

    /// A small message that inflates beyond the limit is refused without inflating it all.
    @Test func aBombStopsAtTheLimit() throws {
        let payload = try #require(Self.deflater().compress([UInt8](repeating: 0, count: 50_000_000)))
        #expect(payload.count < 300_000)
        let decoded = Decoded(ClientFrame.deflated(payload, opcode: 0x2), messageLimit: 100_000, inflater: Self.inflater())
        #expect(decoded.violation == .messageTooBig(limit: 100_000))
        let small = try #require(Self.deflater().compress([UInt8](repeating: 0, count: 100_001)))
        let bomb = Decoded(ClientFrame.deflated(small, opcode: 0x2), messageLimit: 100_000, inflater: Self.inflater())
        #expect(bomb.violation == .messageTooBig(limit: 100_000))
        #expect(bomb.heldBytes < 300_000)
    }

    /// Empty blocks inflate to nothing: they are limited by their own size.
    @Test func endlessEmptyBlocksAreRefused() {
        let blocks = Array(repeatElement([0x00, 0x00, 0x00, 0xFF, 0xFF] as [UInt8], count: 200).joined())
        let frames =
            ClientFrame.deflated(blocks, isFinal: false) + ClientFrame.continuation(blocks, isFinal: false)
        #expect(Decoded(frames, messageLimit: 1_000, inflater: Self.inflater()).violation == .messageTooBig(limit: 1_000))
    }

    /// RFC 7692 section 6.1: RSV1 marks the first frame of a data message and nothing else.
    @Test func aMisplacedCompressionBitFailsTheConnection() {
        let begun = ClientFrame.deflated([0xF2, 0x48], isFinal: false)
        let marked = ClientFrame(opcode: 0x0, payload: [0x05, 0x00], reserved: 0x4).bytes
        #expect(Decoded(begun + marked, inflater: Self.inflater()).violation == .reservedBits)
        #expect(Decoded(ClientFrame(opcode: 0x9, reserved: 0x4).bytes, inflater: Self.inflater()).violation == .reservedBits)
        #expect(Decoded(ClientFrame(reserved: 0x2).bytes, inflater: Self.inflater()).violation == .reservedBits)
    }

    @Test(arguments: [[0xFF], [0x05, 0xFF, 0xFF], [0xF2, 0x48, 0xCD, 0xC9], [0x00, 0x09, 0x00, 0xF6, 0xFF, 0x48]] as [[UInt8]])
    func damagedDataFailsTheConnection(payload: [UInt8]) {
        #expect(Decoded(ClientFrame.deflated(payload, opcode: 0x2), inflater: Self.inflater()).violation == .invalidDeflateData)
    }

    /// RFC 6455 section 8.1 holds for what the text inflates to.
    @Test func inflatedTextMustBeUTF8() throws {
        let bad = try #require(Self.deflater(keepsContext: true).compress([0x61, 0xED, 0xA0, 0x80]))
        #expect(Decoded(ClientFrame.deflated(bad), inflater: Self.inflater()).violation == .invalidUTF8)
        let cut = try #require(Self.deflater(keepsContext: true).compress([0x61, 0xC3]))
        #expect(Decoded(ClientFrame.deflated(cut), inflater: Self.inflater()).violation == .invalidUTF8)
    }

    /// What fails first in the message is told, however its bytes are cut: here text that is no UTF-8 comes before damage, or before the limit.
    @Test func theFirstFailureOfAMessageIsTold() throws {
        let bad = try #require(Self.deflater(keepsContext: true).compress([0x61, 0xED, 0xA0, 0x80] + [UInt8](repeating: 0x61, count: 100)))
        for (payload, limit) in [(bad + [0xFF, 0xFF], 1 << 20), (bad, 10)] {
            let frame = ClientFrame.deflated(payload)
            for split in 0...frame.count {
                let decoded = Decoded([frame[..<split], frame[split...]], messageLimit: limit, inflater: Self.inflater())
                #expect(decoded.violation == .invalidUTF8, "split at \(split)")
            }
        }
    }
}
