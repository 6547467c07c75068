@testable import WebSocket

/// Builds the frames of a client, right or wrong ones.
struct ClientFrame {
    var opcode: UInt8 = 0x1
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// 0, 2 or 8 bytes of extended length; nil for the shortest.
    var lengthBytes: Int?
    /// The length the head claims; nil for the true one.
    var claimedLength: UInt64?

    var bytes: [UInt8] {
        let length = claimedLength ?? UInt64(payload.count)
        let extended = lengthBytes ?? (length < 126 ? 0 : length <= 0xFFFF ? 2 : 8)
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let short = extended == 0 ? UInt8(length) : extended == 2 ? 126 : 127
        bytes.append((mask == nil ? 0 : 0x80) | short)
        for index in 0..<extended { bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(8 * (extended - 1 - index)))) }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        ClientFrame(payload: Array(text.utf8), isFinal: isFinal).bytes
    }

    static func binary(_ payload: [UInt8]) -> [UInt8] {
        ClientFrame(opcode: 0x2, payload: payload).bytes
    }

    static func continuation(_ payload: [UInt8], isFinal: Bool) -> [UInt8] {
        ClientFrame(opcode: 0x0, payload: payload, isFinal: isFinal).bytes
    }

    static func ping(_ payload: [UInt8]) -> [UInt8] {
        ClientFrame(opcode: 0x9, payload: payload).bytes
    }

    static func close(_ body: [UInt8]) -> [UInt8] {
        ClientFrame(opcode: 0x8, payload: body).bytes
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        close([UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    /// The first frame of a deflated message.
    static func deflated(_ payload: [UInt8], opcode: UInt8 = 0x1, isFinal: Bool = true) -> [UInt8] {
        ClientFrame(opcode: opcode, payload: payload, isFinal: isFinal, reserved: 0x4).bytes
    }
}

/// All that a decoder makes of some bytes.
struct Decoded: Equatable {
    var events: [FrameDecoder.Event] = []
    var violation: ProtocolViolation?
    /// Bytes held at the end.
    var heldBytes = 0

    /// Feeds the pieces one after another to a new decoder.
    init(_ pieces: [ArraySlice<UInt8>], messageLimit: Int = 1 << 20, inflater: Inflater? = nil) {
        var decoder = FrameDecoder(messageLimit: messageLimit, inflater: inflater)
        do throws(ProtocolViolation) {
            for piece in pieces { try feed(Array(piece), to: &decoder) }
        } catch {
            violation = error
        }
        heldBytes = decoder.heldBytes
    }

    init(_ bytes: [UInt8], messageLimit: Int = 1 << 20, inflater: Inflater? = nil) {
        self.init([bytes[...]], messageLimit: messageLimit, inflater: inflater)
    }

    private mutating func feed(_ bytes: [UInt8], to decoder: inout FrameDecoder) throws(ProtocolViolation) {
        // A copy of exactly this size, so that reading past its end is seen by the address sanitizer.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        var input = UnsafeRawBufferPointer(buffer)
        while let event = try decoder.next(&input) { events.append(event) }
    }
}
