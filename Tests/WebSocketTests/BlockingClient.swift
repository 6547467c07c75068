import Reactor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A plain blocking socket that reads server frames, independent of the code under test. Every wait ends after ten seconds.
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

    struct ConnectFailure: Error {
        let code: Int32
    }

    private let descriptor: Int32

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ConnectFailure(code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Reads until `count` bytes have come or the other side has ended.
    func receive(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(count, 65_536))
        while bytes.count < count {
            let got = read(descriptor, &buffer, min(buffer.count, count - bytes.count))
            guard got > 0 else { break }
            bytes.append(contentsOf: buffer[..<got])
        }
        return bytes
    }

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

    func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }
}
