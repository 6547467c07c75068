@testable import WebSocket

/// The frame decoder: the same messages and violations under every cut, with and without permessage-deflate, within the limits.
enum WebSocketHarness {
    /// All that a decoder makes of some bytes.
    private struct Reading: Equatable {
        var events: [FrameDecoder.Event] = []
        var violation: ProtocolViolation?
    }

    /// How frames are read, as the choices say.
    private struct Mode {
        var isDeflated: Bool
        var keepsContext: Bool
        var windowBits: Int
        var messageLimit: Int

        init(_ choice: UInt8) {
            isDeflated = choice & 1 != 0
            keepsContext = choice & 2 != 0
            messageLimit = choice & 4 != 0 ? 64 : 1 << 16
            windowBits = 8 + Int(choice >> 3 & 7)
        }

        var hasNarrowKeptWindow: Bool { isDeflated && keepsContext && windowBits < 15 }

        func makeInflater() -> Inflater? {
            isDeflated ? Inflater(windowBits: windowBits, keepsContext: keepsContext) : nil
        }
    }

    static func run(_ bytes: [UInt8]) throws(Finding) {
        let input = FuzzInput(bytes)
        let mode = Mode(input.choices[0])
        var first: Reading?
        // Whether data that reaches back beyond a kept window is refused depends on what zlib has in its hands.
        func isLeftToZlib(_ reading: Reading) -> Bool { mode.hasNarrowKeptWindow && reading.violation == .invalidDeflateData }
        for pieces in input.cuts {
            let reading = try read(pieces, mode)
            if isLeftToZlib(reading) || first.map(isLeftToZlib) ?? false { break }
            try require(
                first == nil || first == reading, "the cut \(pieces.map(\.count)) gives \(reading), the whole \(String(describing: first))")
            first = first ?? reading
        }
        if mode.isDeflated { try comeBack(input.content, mode) }
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], _ mode: Mode) throws(Finding) -> Reading {
        var reading = Reading()
        var decoder = FrameDecoder(messageLimit: mode.messageLimit, inflater: mode.makeInflater())
        var arrived = 0
        for piece in pieces where reading.violation == nil {
            arrived += piece.count
            withExactCopy(of: piece) { bytes in
                var rest = bytes
                do throws(ProtocolViolation) {
                    while let event = try decoder.next(&rest) { reading.events.append(event) }
                } catch {
                    reading.violation = error
                }
            }
            // An array that grows doubles.
            let held = mode.isDeflated ? mode.messageLimit + 125 : arrived
            try require(decoder.heldBytes <= 2 * held + 512, "\(decoder.heldBytes) bytes are held after \(arrived)")
        }
        for event in reading.events { try check(event, mode) }
        return reading
    }

    private static func check(_ event: FrameDecoder.Event, _ mode: Mode) throws(Finding) {
        switch event {
        case .text(let text):
            try require(text.count <= mode.messageLimit, "a text of \(text.count) bytes is above the limit")
            try require(String(validating: text, as: UTF8.self) != nil, "a text is not UTF-8")
        case .binary(let message): try require(message.count <= mode.messageLimit, "a message of \(message.count) bytes is above the limit")
        case .ping(let payload), .pong(let payload): try require(payload.count <= 125, "a control frame has \(payload.count) bytes")
        case .close(let code): try require(code?.isAllowedOnWire ?? true, "a close has a code that must not be sent")
        }
    }

    /// What the deflater writes, the decoder reads: two messages, of which the second may refer to the first.
    private static func comeBack(_ message: [UInt8], _ mode: Mode) throws(Finding) {
        guard message.count <= mode.messageLimit else { return }
        var options = WebSocketCompression()
        options.minimumSize = 1
        let deflater = Deflater(windowBits: max(9, mode.windowBits), keepsContext: mode.keepsContext, options: options)
        var decoder = FrameDecoder(messageLimit: mode.messageLimit, inflater: mode.makeInflater())
        for _ in 0..<2 {
            guard let payload = deflater.compress(message) else { return }
            var event: FrameDecoder.Event?
            withExactCopy(of: frame(payload)) { bytes in
                var rest = bytes
                event = try? decoder.next(&rest)
            }
            try require(event == .binary(message), "a deflated message comes back as \(String(describing: event))")
        }
    }

    /// A deflated binary message in one frame, masked with zeros.
    private static func frame(_ payload: [UInt8]) -> [UInt8] {
        var frame = payload.withUnsafeBytes { WebSocketFrameEncoder.frame(.binary, $0, isCompressed: true) }
        frame.insert(contentsOf: [0, 0, 0, 0], at: frame.count - payload.count)
        frame[1] |= 0x80
        return frame
    }
}
