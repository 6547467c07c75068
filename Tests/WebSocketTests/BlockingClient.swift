import TestSupport

/// A blocking socket that reads server frames, independent of the code under test. Every wait ends after ten seconds.
final class BlockingClient {
    struct Frame: Equatable {
        var opcode: UInt8
        var isCompressed = false
        var payload: [UInt8]

        static func text(_ text: String) -> Frame { Frame(opcode: 0x1, payload: Array(text.utf8)) }
        static func close(_ code: UInt16, _ reason: String = "") -> Frame {
            Frame(opcode: 0x8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
        }
        /// The code of a close.
        var closeCode: Int? { opcode == 0x8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    private let socket: BlockingSocket

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        socket = try BlockingSocket(port: port, receiveBuffer: receiveBuffer)
    }

    func send(_ bytes: [UInt8]) { socket.send(bytes) }

    func endOutput() { socket.endOutput() }

    /// Reads until `count` bytes have come or the other side has ended.
    func receive(_ count: Int) -> [UInt8] { socket.receive(count) }

    /// The next frame, nil when the other side has ended.
    func receiveFrame() -> Frame? {
        let head = receive(2)
        guard head.count == 2 else { return nil }
        let extended = head[1] == 126 ? receive(2) : head[1] == 127 ? receive(8) : [head[1]]
        let length = extended.reduce(0) { $0 << 8 | Int($1) }
        return Frame(opcode: head[0] & 0xF, isCompressed: head[0] & 0x40 != 0, payload: receive(length))
    }

    /// All frames until the other side ends.
    func receiveFrames() -> [Frame] {
        var frames: [Frame] = []
        while let frame = receiveFrame() { frames.append(frame) }
        return frames
    }
}
